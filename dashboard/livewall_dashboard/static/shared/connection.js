// The connection to the server: it never gives up, says what it knows, and one that brings nothing counts as cut.

import { io } from "/static/vendor/socket.io-client@4.8.4/socket.io.esm.min.js";

/** Seconds without any frame after which the line counts as dead; the server sends one at least every 5 s. */
export const SILENCE = 10;
const DELAYS = [1, 2, 4, 7, 10];
const CONNECT_TIMEOUT = 8;

/** What the wall says to whom it lets not even begin; "" where it says nothing. */
function refusalOf(error) {
  try {
    return JSON.parse(error.context.responseText).error.message;
  } catch {
    return "";
  }
}

/**
 * `frames`: what is called with each frame, by its name. Further go to `on`: `interrupted()`, and `shutOut()` where the
 * wall wants the browser to sign in. `state()` is for whoever shows it. `said`: what the server is told at each handshake.
 * The way back is counted here and not in socket.io, because the screen shows the countdown.
 */
export class Connection {
  #socket;
  #frames;
  #on;
  #live = false;
  #stopped = false;
  #attempts = 0;
  #nextTryAt = null;
  #lastFrameAt = null;
  #openedAt = null;
  #reason = "";
  #askedAt = null;

  constructor(namespace, frames, on, { said = {}, now = () => performance.now() } = {}) {
    this.#frames = frames;
    this.#on = on;
    this.now = now;
    this.#socket = io(namespace, {
      auth: said,
      reconnection: false,
      autoConnect: false,
      // The first snapshot comes over HTTP, because there it is compressed; then the line becomes a WebSocket.
      transports: ["polling", "websocket"],
      timeout: CONNECT_TIMEOUT * 1000,
    });
    this.#socket.on("connect", () => this.#opened());
    this.#socket.on("connect_error", (error) => {
      this.#cut(error?.data?.message ?? error?.data ?? refusalOf(error));
      // The one where the door is shut already, the other where it shuts in between.
      if (error?.description === 401 || error?.data?.code === "not_authenticated") this.#on.shutOut();
    });
    this.#socket.on("disconnect", () => this.#cut(""));
    for (const name of Object.keys(frames)) this.#socket.on(name, (frame) => this.#frame(name, frame));
  }

  start() {
    this.#openedAt = this.now();
    this.#socket.connect();
    setInterval(() => this.#watch(), 250);
    for (const event of ["online", "pageshow"]) addEventListener(event, () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  /** Ask for a snapshot; at most once a second, whoever asks how often. */
  ask() {
    if (this.#askedAt !== null && this.now() - this.#askedAt < 1000) return;
    this.#askedAt = this.now();
    this.#socket.emit("snapshot");
  }

  /** What the server is told at each handshake is this from now on; now, too, by an event of this name. */
  tell(name, said) {
    this.#socket.auth = said;
    this.#socket.emit(name, said);
  }

  /** Ends it for good. */
  stop() {
    this.#stopped = true;
    this.#socket.disconnect();
  }

  /** Seconds, null where there is nothing to say. `hasFailed`: since the last frame it was cut, or did not come about. */
  state() {
    const seconds = (from) => (from === null ? null : (this.now() - from) / 1000);
    return {
      live: this.#live,
      silentFor: seconds(this.#lastFrameAt),
      nextTryIn: this.#nextTryAt === null ? null : Math.max(0, -seconds(this.#nextTryAt)),
      hasFailed: this.#attempts > 0,
      reason: this.#reason,
    };
  }

  #opened() {
    this.#openedAt = this.now();
    this.#nextTryAt = null;
    this.#askedAt = null;
    this.#reason = "";
  }

  #frame(name, frame) {
    this.#lastFrameAt = this.now();
    this.#live = true;
    this.#attempts = 0;
    if (name === "snapshot") this.#askedAt = null;
    this.#frames[name](frame);
  }

  #cut(reason) {
    if (this.#stopped) return;
    this.#reason = typeof reason === "string" ? reason : "";
    if (this.#nextTryAt !== null) return;
    this.#live = false;
    const delay = DELAYS[Math.min(this.#attempts++, DELAYS.length - 1)];
    // Twenty screens must not come back in the same instant.
    this.#nextTryAt = this.now() + delay * 1000 * (0.8 + 0.4 * Math.random());
    this.#on.interrupted();
  }

  #watch() {
    if (this.#stopped) return;
    if (this.#nextTryAt !== null) {
      if (this.now() >= this.#nextTryAt) this.#tryAgain();
      return;
    }
    const heardAt = Math.max(this.#lastFrameAt ?? 0, this.#openedAt);
    if (this.now() - heardAt > SILENCE * 1000) {
      this.#socket.disconnect();
      this.#cut("");
    }
  }

  #tryAgain() {
    this.#nextTryAt = null;
    this.#openedAt = this.now();
    this.#socket.disconnect();
    this.#socket.connect();
  }

  #hurry() {
    if (this.#nextTryAt !== null) this.#nextTryAt = this.now();
  }
}

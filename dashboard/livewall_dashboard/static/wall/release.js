// Which livewall this is, and since when: quietly, at the foot of the page. A click leads to the wall's own builds.

import { OWN, searchFor } from "../shared/builds.js";
import { setLink, setText } from "../shared/dom.js";
import { ago, shortCommit } from "../shared/format.js";

/** `livewall 0.1.0 · 427246af "Hold a run", deployed 12 min ago`. `now`: milliseconds since 1970. Pure. */
export function releaseText(version, release, now) {
  const product = `livewall ${version}`.trim();
  if (!release) return product;
  const { commit, subject, branch, deployed_at: deployedAt } = release;
  const what = [commit && shortCommit(commit).slice(0, 8), subject && `“${subject}”`, branch && `(${branch})`];
  const at = Date.parse(deployedAt);
  const when = Number.isNaN(at) ? "" : `deployed ${ago(Math.max(0, (now - at) / 1000))}`;
  const told = [what.filter(Boolean).join(" "), when].filter(Boolean).join(", ");
  return told ? `${product} · ${told}` : product;
}

export class Release {
  version = document.documentElement.dataset.version ?? "";
  release = null;

  constructor(clock) {
    this.clock = clock;
    this.node = document.getElementById("release");
    this.node.dataset.builds = OWN;
    setLink(this.node, searchFor(location.search, OWN));
    this.node.title = "The wall's own builds";
  }

  observe({ version, release }) {
    this.version = version ?? this.version;
    this.release = release ?? null;
    this.tick();
  }

  get text() {
    return releaseText(this.version, this.release, this.clock.now());
  }

  tick() {
    setText(this.node, this.text);
  }
}

// Of socket.io-client, what shared/connection.js uses.

export interface Socket {
  on(event: string, listener: (given: any) => void): this;
  /** What is said at each handshake. */
  auth: object;
  emit(event: string, given?: object): this;
  connect(): this;
  disconnect(): this;
}

export function io(namespace: string, options: Record<string, unknown>): Socket;

/** A server on the host that a sandbox reaches through a socket, although its network is its own. */
export interface Api {
  /** The name of its socket in the sandbox's directory for such, or the socket's absolute path inside. */
  readonly endpoint: string;
  /** Resolves once the socket at this host path accepts connections; rejects when it can't. */
  start(path: string): Promise<void> | void;
  /** Resolves once all that clients had sent is handled, their connections are closed and the socket is gone. */
  stop(): Promise<void> | void;
}

/** Who sent a message: one connection, of which a program may make several. */
export interface ApiClient {
  /** Counts connections from 1 since the start. */
  readonly id: number;
}

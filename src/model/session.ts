/** A descriptor that can be a terminal of the caller's. */
export type StandardDescriptor = 0 | 1 | 2;

/**
 * How the command stands to the caller's terminal. `new`: it has none, in a session of its own; `keep`: the caller's;
 * `pty`: one of its own, relayed to and from the caller's.
 */
export type Session =
  | { readonly kind: "new" }
  | {
      readonly kind: "keep";
      /** Absolute path of perl or python3, to take the terminal's foreground back. */
      readonly restorer?: string | undefined;
    }
  | {
      readonly kind: "pty";
      /** Those of the caller's descriptors that are terminals, and become the pty. */
      readonly terminals: readonly StandardDescriptor[];
      /** Words that go in front of the command: they make the pty the controlling terminal of a session of its own. */
      readonly leader: readonly string[];
      /** Absolute path of stty(1). */
      readonly stty: string;
      /** Nobody insists on it: where a pty can't be had, a new session will do. */
      readonly optional?: boolean;
    };

/** The device nodes that every program expects, and that let nothing in: those of `devices: minimal`. */
export const STANDARD_NODES: ReadonlySet<string> = new Set(
  ["null", "zero", "full", "random", "urandom", "tty"].map((name) => `/dev/${name}`),
);

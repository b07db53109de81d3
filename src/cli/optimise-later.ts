import { setFlagsFromString } from "node:v8";

/**
 * What runs a few hundred times in each of several threads is optimised by each of them for itself, and that competes with the
 * work for the processors: the more often something has to run before it is worth it, the less is lost (measured with 1,000
 * profiles of one to five plans on two processors: a tenth to a quarter of the time). Called before the code is loaded: what
 * the build has left of its bytecode is for these settings. Only Node 20's V8 knows the flag; others (22, 23 and 24) say on
 * standard error that they don't.
 */
export function optimiseLater(): void {
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--interrupt-budget=3000000");
}

export { makeNode } from "./make-node.ts";
export { mountTmpfs } from "./mount-tmpfs.ts";

import { machine as named } from "node:os";

/** The machine that this program is told it runs on, as uname(1) prints it. */
export const machine = (): string => named();

import type { Monitor } from "./monitor.ts";

/** A monitor that nobody looks at. */
export const nullMonitor = (): Monitor => ({ log() {} });

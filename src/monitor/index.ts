export { type LogOptions, logMonitor } from "./log.ts";
export type { Answer, Finish, Monitor, Pipeline, Stage, StageResult } from "./monitor.ts";
export { monitorNamed } from "./named.ts";
export { nullMonitor } from "./null.ts";
export { type MonitorEvent, type Tape, tapeMonitor } from "./tape.ts";
export { durationText, succeeded } from "./words.ts";

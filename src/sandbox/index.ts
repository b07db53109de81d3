export type { CompletedRun } from "./completed-run.ts";
export { SandboxError, type SandboxErrorCode } from "./error.ts";
export type { SandboxBind, SandboxOptions, SandboxRunOptions, SessionOptions } from "./options.ts";
export { Sandbox } from "./sandbox.ts";

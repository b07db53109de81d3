import type { ReportFormat } from "./format.ts";
import { json } from "./json.ts";
import { pretty } from "./pretty.ts";

export { escapeJson, escapeText } from "./escape.ts";
export type { ReportFormat, ReportOptions } from "./format.ts";
export { json } from "./json.ts";
export { linesOf } from "./lines.ts";
export { formatProblems } from "./pretty.ts";
export { withoutSecrets } from "./private.ts";

/** Every format that problems can be written in, the default one first. */
export const REPORT_FORMATS: readonly ReportFormat[] = [pretty, json];

import { escapeJson } from "../index.ts";

/** A result as JSON text, safe to print: what is read back is unchanged. */
export const jsonText = (value: unknown): string => `${escapeJson(JSON.stringify(value, null, 2))}\n`;

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { Log } from "sarif";
import { ROOT } from "./sbx.ts";

/**
 * What is wrong with a log by the schema of SARIF 2.1.0 (the last one of the standard, rtm.5, as JSON Schema Store keeps it).
 * It is written in draft-04: nothing in it means something else to a newer validator once its own names are taken out.
 */
export function sarifMisfits(log: unknown): readonly string[] {
  const { $schema, id, ...schema } = JSON.parse(
    readFileSync(join(ROOT, "test/support/sarif-2.1.0-rtm.5.json"), "utf8"),
  );
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false });
  const validate = ajv.compile(schema);
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** A log that is one. */
export function sarifLog(text: string): Log {
  const log = JSON.parse(text);
  const misfits = sarifMisfits(log);
  if (misfits.length > 0) throw new Error(misfits.join("\n"));
  return log;
}

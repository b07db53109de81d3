import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { ROOT } from "./sbx.ts";

const read = (name: string) => JSON.parse(readFileSync(join(ROOT, "schema", `${name}.schema.json`), "utf8"));

/** What is wrong with a value by one of the schemas in `schema/`; nothing when it fits. */
export function misfits(
  name:
    | "plan"
    | "problem"
    | "render"
    | "profile"
    | "report"
    | "clean"
    | "explain"
    | "test"
    | "diff"
    | "score"
    | "rules",
  value: unknown,
): readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  ajv.addSchema(read("plan"));
  const schema = read(name);
  const validate = (schema.$id && ajv.getSchema(schema.$id)) || ajv.compile(schema);
  validate(value);
  const errors = (validate.errors ?? []) as ErrorObject[];
  return errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

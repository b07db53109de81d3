import { readFileSync } from "node:fs";

/**
 * The part of JSON Schema (2020-12) that the schemas in `schema/` are written in. Three habits carry a meaning: a title
 * in lower case says what a value has to be, in words that follow "expected"; several scalar types at once are text as
 * it is written (editors that read YAML's own types may see a number there); and the comment `NOT_REPLACED`.
 */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  title?: string;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
  if?: Schema;
  then?: Schema;
  pattern?: string;
  extends?: Schema;
  $comment?: string;
  [keyword: string]: unknown;
}

export const NOT_REPLACED = "Variables are not replaced here.";

const DEFS = "#/$defs/";
const FRAGMENT_PROPERTY = `${DEFS}Fragment/properties/`;

/** Reads a schema of the project. */
export function readSchema(path: string): Schema {
  return JSON.parse(readFileSync(path, "utf8")) as Schema;
}

/** The name of a definition that a reference leads to, or undefined for one that leads elsewhere. */
export function definitionName(ref: string): string | undefined {
  const name = ref.slice(DEFS.length);
  return ref.startsWith(DEFS) && !name.includes("/") ? name : undefined;
}

/** The field's name when a reference leads to a field of Fragment. */
export function fragmentField(ref: string | undefined): string | undefined {
  return ref?.startsWith(FRAGMENT_PROPERTY) ? ref.slice(FRAGMENT_PROPERTY.length) : undefined;
}

/** Definitions with a lower-case name are shorthand for scalars and lists of them; the others are types of their own. */
const isShorthand = (name: string): boolean => /^[a-z]/.test(name);

const isType = ([name]: [string, Schema]): boolean => !isShorthand(name);

/** What a value has to be, when the schema has words for it. */
export const words = ({ title }: Schema): string | undefined => (/^[a-z]/.test(title ?? "") ? title : undefined);

/** Whether the value is the text as it is written. */
export const isText = ({ type }: Schema): boolean => Array.isArray(type) && type.includes("string");

/** Follows references to the definition itself; keywords beside a reference win over the definition's. */
export function deref(schema: Schema, top: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  const field = fragmentField($ref);
  const target = field ? top.$defs?.Fragment?.properties?.[field] : top.$defs?.[definitionName($ref) ?? ""];
  if (!target) throw new Error(`no definition for ${$ref}`);
  return { ...deref(target, top), ...beside };
}

/** A copy in which every schema went through `change`, from the top down. */
export function mapSchema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const changed = { ...change(schema) };
  const each = (value: Schema): Schema => mapSchema(value, change);
  const eachOf = (record: Record<string, Schema>): Record<string, Schema> =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, each(value)]));
  if (changed.$defs) changed.$defs = eachOf(changed.$defs);
  if (changed.properties) changed.properties = eachOf(changed.properties);
  if (changed.propertyNames) changed.propertyNames = each(changed.propertyNames);
  if (changed.items) changed.items = each(changed.items);
  if (changed.anyOf) changed.anyOf = changed.anyOf.map(each);
  if (changed.allOf) changed.allOf = changed.allOf.map(each);
  if (changed.if) changed.if = each(changed.if);
  if (changed.then) changed.then = each(changed.then);
  if (typeof changed.additionalProperties === "object") {
    changed.additionalProperties = each(changed.additionalProperties);
  }
  return changed;
}

/** The schema as sbx applies it: shorthand written out, text as strings. */
export function expandShorthand(top: Schema): Schema {
  const expanded = mapSchema(top, (schema) => {
    const name = definitionName(schema.$ref ?? "");
    const written = name !== undefined && isShorthand(name) ? expandOnce(schema, top) : schema;
    return isText(written) ? { ...written, type: "string" } : written;
  });
  return { ...expanded, $defs: Object.fromEntries(Object.entries(expanded.$defs ?? {}).filter(isType)) };
}

function expandOnce(schema: Schema, top: Schema): Schema {
  const { $ref, ...beside } = schema;
  const name = definitionName($ref ?? "");
  if (name === undefined || !isShorthand(name)) return schema;
  return { ...expandOnce(top.$defs?.[name] ?? {}, top), ...beside };
}

import { definitionName, deref, fragmentField, isText, NOT_REPLACED, type Schema, words } from "./schema.ts";

const BASES = { profile: "Profile", fragment: "Fragment" };

/** A value in generated code: JSON in which a reference stands for another constant. */
type Value = string | boolean | Reference | readonly string[] | { readonly [key: string]: Value };
type Row = Readonly<Record<string, Value>>;
interface Reference {
  readonly reference: string;
}

/** What a table says of one place in the schema; what is undefined is left out. */
type Describe = (place: Schema) => Record<string, Value | undefined>;

/** Code that lists, along the keys of a profile, which scalars become booleans and integers. */
export function coercionTable(top: Schema): string {
  return code(top, "Coercion", COERCION, (place) => {
    const types = [place, ...(place.anyOf ?? [])].map((type) => deref(type, top));
    const constant = types.find((type) => typeof type.const === "boolean");
    if (constant) return { scalar: String(constant.const) };
    const typed = types.find((type) => !isText(type) && (type.type === "boolean" || type.type === "integer"));
    return { scalar: typed && String(typed.type) };
  });
}

/** Code that tells, along the keys of a profile, what is expected at each place, for messages. */
export function shapeTable(top: Schema): string {
  return code(top, "Shape", SHAPE, (place) => {
    const names = [place, ...(place.anyOf ?? [])].find((branch) => branch.propertyNames)?.propertyNames;
    return {
      expects: expects(place, top),
      allowed: allowed(place, top),
      names: names && expects(names, top),
      literal: place.$comment === NOT_REPLACED || undefined,
    };
  });
}

/** Words for what a value has to be; they follow "expected". */
function expects(schema: Schema, top: Schema): string {
  const place = deref(schema, top);
  const given = words(place) ?? orList(enumWords(place) ?? []);
  if (given !== "") return given;
  if (place.anyOf) {
    return orList(place.anyOf.flatMap((branch) => alternatives(branch, top)));
  }
  if (place.type === "integer") return "a whole number";
  if (place.type === "array") return "a list";
  if (place.type !== "object") return "text";
  return place.required ? `a mapping with ${place.required.join(" and ")}` : "a mapping";
}

function enumWords(schema: Schema): string[] | undefined {
  if (schema.const !== undefined) return [String(schema.const)];
  return schema.type === "boolean" ? ["true", "false"] : schema.enum?.map(String);
}

function alternatives(schema: Schema, top: Schema): string[] {
  const branch = deref(schema, top);
  return (words(branch) === undefined && enumWords(branch)) || [expects(branch, top)];
}

function orList(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  const comma = parts.some((part) => part.includes(" or ")) ? "," : "";
  return `${parts.slice(0, -1).join(", ")}${comma} or ${parts.at(-1)}`;
}

function allowed(schema: Schema, top: Schema): string[] | undefined {
  const branches = (schema.anyOf ?? [schema]).map((branch) => deref(branch, top));
  const all = branches.flatMap((branch) => enumWords(branch) ?? []);
  return all.length > 0 ? all : undefined;
}

/** One constant for each definition that has something to say, in an order in which none is used before it is there. */
function code(top: Schema, type: string, declaration: string, describe: Describe): string {
  const constants = new Map<string, string>();
  const visit = (name: string, schema: Schema): Reference | undefined => {
    if (!constants.has(name)) {
      const value = row(schema);
      constants.set(name, isEmpty(value) ? "" : `const ${name}: ${type} = ${literal(value)};\n`);
    }
    return constants.get(name) ? { reference: name } : undefined;
  };
  const place = (schema: Schema): Value | undefined => {
    const name = definitionName(schema.$ref ?? "");
    if (name && schema.$comment !== NOT_REPLACED) return visit(name, top.$defs?.[name] ?? {});
    const value = row(deref(schema, top));
    return isEmpty(value) ? undefined : value;
  };
  const row = (schema: Schema): Row => {
    const branches = [schema, ...(schema.anyOf ?? [])].map((branch) => deref(branch, top));
    const fields = Object.entries(branches.find((branch) => branch.properties)?.properties ?? {});
    const own = fields.filter(([, field]) => !fragmentField(field.$ref));
    const inherits = own.length < fields.length && visit("Fragment", top.$defs?.Fragment ?? {});
    const values = branches.find((branch) => typeof branch.additionalProperties === "object")?.additionalProperties;
    const items = branches.find((branch) => branch.items)?.items;
    const keys = defined({
      "...": inherits ? { reference: "Fragment.keys" } : undefined,
      ...Object.fromEntries(own.map(([key, field]) => [key, place(field)])),
    });
    return defined({
      ...describe(schema),
      keys: isEmpty(keys) ? undefined : keys,
      values: typeof values === "object" ? place(values) : undefined,
      items: items && place(items),
    });
  };
  visit("Profile", top);
  const bases = Object.entries(BASES).map(([base, name]) => [base, { reference: name }]);
  const all = `export const ${type.toLowerCase()}s = ${literal(Object.fromEntries(bases))} as const;\n`;
  return [HEAD, declaration, ...constants.values(), all].filter((part) => part !== "").join("\n");
}

const isEmpty = (row: Row): boolean => Object.keys(row).length === 0;

const defined = (record: Record<string, Value | undefined>): Row =>
  Object.fromEntries(Object.entries(record).filter((entry): entry is [string, Value] => entry[1] !== undefined));

function literal(value: Value): string {
  if (typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
  if ("reference" in value) return String(value.reference);
  const fields = Object.entries(value).map(([key, inner]) =>
    key === "..." ? `...${literal(inner)}` : `${JSON.stringify(key)}: ${literal(inner)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

const HEAD = "// Generated from schema/profile.schema.json by `npm run generate`; not edited by hand.\n";

const COERCION = `/** Which scalars become something else than text, along the keys of a document. */
export interface Coercion {
  /** The scalar here becomes a boolean or an integer when it is written like one, or only this one boolean. */
  readonly scalar?: "boolean" | "integer" | "true" | "false";
  /** By name, then any other key of a mapping, and the items of a list. */
  readonly keys?: Readonly<Record<string, Coercion>>;
  readonly values?: Coercion;
  readonly items?: Coercion;
}
`;

const SHAPE = `/** What is expected at a place of a document, for messages. */
export interface Shape {
  /** Words that follow "expected". */
  readonly expects: string;
  /** The words that a scalar may be. */
  readonly allowed?: readonly string[];
  /** What the keys of the mapping have to be, when they are free. */
  readonly names?: string;
  /** Variables are replaced neither here nor below. */
  readonly literal?: boolean;
  readonly keys?: Readonly<Record<string, Shape>>;
  readonly values?: Shape;
  readonly items?: Shape;
}
`;

import { definitionName, deref, fragmentField, isText, NOT_REPLACED, type Schema, words } from "./schema.ts";

const HEAD = "<!-- Generated from schema/profile.schema.json by `npm run generate`; not edited by hand. -->";

/** The reference page of the profile language: a section for each key at the top, a row for each key below it. */
export function referencePage(top: Schema): string {
  const sections = Object.entries(top.properties ?? {}).map(([key, field]) => section(key, field, top));
  return `${HEAD}

# The profile, key by key

${top.description ?? ""} In YAML every value is read as it is written; this page says what it has to be.
A key that isn't here is an error. PATH, NAME and N stand for keys and items of your own.

${sections.join("\n")}`;
}

function section(key: string, field: Schema, top: Schema): string {
  const place = deref(field, top);
  const inner = nestedDefinition(place, top);
  const rows = inner ? ownRows(`${key}.NAME`, inner, top) : below(key, place, top);
  const notes = [
    `Type: ${typeWords(field, top)}`,
    ...(top.required?.includes(key) ? ["required"] : []),
    ...(place.default === undefined ? [] : [`default: \`${inline(place.default)}\``]),
  ];
  return `## \`${key}\`

${description(place)}

${notes.join(" · ")}

\`\`\`yaml
${(place.examples ?? []).map((example) => block(key, example)).join("\n# or\n")}
\`\`\`
${
  inner
    ? `\nEach may hold ${Object.keys(inner.properties ?? {})
        .map((name) => `\`${name}\``)
        .join(", ")}.\n`
    : ""
}${table(rows)}`;
}

function table(rows: readonly string[]): string {
  if (rows.length === 0) return "";
  return `\n| key | type | default | what it does | example |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
}

/** Flag sets and variants hold what the rest of the page describes: what each entry of the mapping is, then. */
function nestedDefinition(place: Schema, top: Schema): Schema | undefined {
  const inner = typeof place.additionalProperties === "object" ? place.additionalProperties : {};
  const name = definitionName(inner.$ref ?? "");
  return name === "Fragment" || name === "Variant" ? deref(inner, top) : undefined;
}

/** What a variant has besides the fields of a fragment. */
function ownRows(prefix: string, inner: Schema, top: Schema): string[] {
  const fragment = top.$defs?.Fragment?.properties ?? {};
  const own = Object.entries(inner.properties ?? {}).filter(
    ([key, field]) => !fragmentField(field.$ref) && !fragment[key],
  );
  return own.map(([key, field]) => row(`${prefix}.${key}`, field, top, false));
}

function below(prefix: string, schema: Schema, top: Schema): string[] {
  const branches = [schema, ...(schema.anyOf ?? [])].map((branch) => deref(branch, top));
  return branches.flatMap((branch) => {
    const fields = Object.entries(branch.properties ?? {}).flatMap(([key, field]) => {
      const required = branch.required?.includes(key) ?? false;
      return [row(`${prefix}.${key}`, field, top, required), ...below(`${prefix}.${key}`, deref(field, top), top)];
    });
    const values = typeof branch.additionalProperties === "object" ? branch.additionalProperties : undefined;
    const inner = [values && ([keyWord(branch, top), values] as const), branch.items && (["N", branch.items] as const)];
    return [...fields, ...inner.flatMap((entry) => (entry ? nested(`${prefix}.${entry[0]}`, entry[1], top) : []))];
  });
}

/** Entries of a type of their own get a row; plain texts say no more than the list or mapping they stand in. */
function nested(key: string, schema: Schema, top: Schema): string[] {
  const place = deref(schema, top);
  const rows = below(key, place, top);
  return place.description ? [row(key, schema, top, false), ...rows] : rows;
}

const keyWord = (map: Schema, top: Schema): string =>
  map.propertyNames && words(deref(map.propertyNames, top)) === "a path" ? "PATH" : "NAME";

function row(key: string, field: Schema, top: Schema, required: boolean): string {
  const place = deref(field, top);
  const fallback = required ? "required" : place.default === undefined ? "" : `\`${inline(place.default)}\``;
  const example = place.examples?.[0] === undefined ? "" : `\`${inline(place.examples[0])}\``;
  const cells = [`\`${key}\``, typeWords(field, top), fallback, description(place), example];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The type in words; words to be typed stand in code quotes. */
function typeWords(schema: Schema, top: Schema): string {
  const place = deref(schema, top);
  const said = words(place);
  if (said !== undefined) return briefly(said);
  if (place.const !== undefined) return `\`${place.const}\``;
  if (place.enum) return place.enum.map((word) => `\`${word}\``).join(", ");
  if (place.anyOf) return place.anyOf.map((branch) => typeWords(branch, top)).join(", or ");
  if (isText(place)) return "text";
  if (place.type === "boolean") return "`true`, `false`";
  if (place.type === "integer") return "whole number";
  if (place.type === "array") return place.items?.enum ? `list of ${typeWords(place.items, top)}` : "list";
  return place.type === "object" ? "mapping" : "text";
}

/** The words for messages, without the article and the examples. */
const briefly = (text: string): string =>
  text.replace(/^an? |^some /, "").replace(/( \(| such as | that | of at most | of letters|, ).*/, "");

const description = (place: Schema): string =>
  place.$comment === NOT_REPLACED ? `${place.description} ${NOT_REPLACED}` : (place.description ?? "");

function block(key: string, value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${key}: ${inline(value)}`;
  const lines = Object.entries(value).map(([inner, content]) => `  ${inline(inner)}: ${inline(content)}`);
  return lines.length === 0 ? `${key}: {}` : `${key}:\n${lines.join("\n")}`;
}

/** YAML on one line, quoted only where it has to be. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, inner]) => `${inline(key)}: ${inline(inner)}`);
    return `{${fields.join(", ")}}`;
  }
  return /^[\w./~][\w./~ @+?*-]*$/.test(String(value)) ? String(value) : JSON.stringify(value);
}

import { compile } from "json-schema-to-typescript";
import { fragmentField, mapSchema, type Schema, words } from "./schema.ts";

type Input = Parameters<typeof compile>[0];

/** The TypeScript types of a schema: one exported type for each definition with a capital, and one for the whole. */
export async function types(schema: Schema, name: string, file: string): Promise<string> {
  const plain = JSON.stringify(mapSchema(schema, forTypes));
  const code = await compile(JSON.parse(plain) as Input, name, {
    additionalProperties: false,
    bannerComment: `// Generated from ${file} by \`npm run generate\`; not edited by hand.`,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 120 },
  });
  return readonly(withoutNotes(code));
}

/** Fragment's fields are inherited rather than repeated; a reference to a type says everything, so nothing stays beside it. */
function forTypes(schema: Schema): Schema {
  if (schema.$ref !== undefined) return { $ref: schema.$ref };
  const { examples: _examples, default: _default, propertyNames: _names, minItems: _least, $id: _id, ...kept } = schema;
  if (words(kept) !== undefined) delete kept.title;
  // A long list of words is for checking; as a type it would only stand in the way.
  if ((kept.enum?.length ?? 0) > 20) delete kept.enum;
  const shared = Object.entries(kept.properties ?? {}).filter(([, field]) => fragmentField(field.$ref));
  if (kept.description) kept.description = kept.description.replaceAll("*/", "*\\/");
  if (shared.length === 0) return kept;
  const own = Object.entries(kept.properties ?? {}).filter(([, field]) => !fragmentField(field.$ref));
  return { ...kept, properties: Object.fromEntries(own), extends: { $ref: "#/$defs/Fragment" } };
}

function withoutNotes(code: string): string {
  return code
    .replace(/^ *\*\n *\* This interface was referenced by .*\n *\* via the `definition` .*\n/gm, "")
    .replace(/^ *\/\*\*\n *\* This interface was referenced by .*\n *\* via the `definition` .*\n *\*\/\n/gm, "")
    .replace(/\/\*\*\n *\* (.*)\n *\*\/$/gm, "/** $1 */");
}

/** Properties, index signatures and lists can't be written to. */
function readonly(code: string): string {
  return code
    .replace(/(\(\n(?: *\| ".*"\n)+ *\)\[\])/g, "readonly $1")
    .split("\n")
    .map((line) => {
      if (/^\s*(\/?\*|\/\/)/.test(line)) return line;
      const property = line.replace(/^(\s+)((?:"[^"]+"|\w+)\??:|\[k: string\]:)/, "$1readonly $2");
      return property.replace(/([\w.]+|\([^()]*\))\[\]/g, "readonly $1[]");
    })
    .join("\n");
}

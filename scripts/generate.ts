import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatProblems } from "../src/report/index.ts";
import { builtins, type Reader } from "./generate/builtins.ts";
import { problemKinds, problemsPage, problemTable } from "./generate/problems.ts";
import { referencePage } from "./generate/reference.ts";
import { expandShorthand, readSchema } from "./generate/schema.ts";
import { scorePage } from "./generate/score.ts";
import { coercionTable, shapeTable } from "./generate/tables.ts";
import { types } from "./generate/types.ts";
import { planValidator, profileValidators, validatorTypes } from "./generate/validators.ts";

// The only writer of generated files. `--check` writes what git ignores, and fails when a committed file has drifted.

const top = join(import.meta.dirname, "..");
const PROFILE = "schema/profile.schema.json";
const PLAN = "schema/plan.schema.json";

const read = (file: string): string | undefined =>
  existsSync(join(top, file)) ? readFileSync(join(top, file), "utf8") : undefined;

/** Whole or not at all: tests may be running. */
function write(file: string, text: string): void {
  if (read(file) === text) return;
  const path = join(top, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

const profile = readSchema(join(top, PROFILE));
const plan = readSchema(join(top, PLAN));

write("src/generated/coercions.ts", coercionTable(profile));
write("src/generated/shapes.ts", shapeTable(profile));
write("src/generated/validators.js", profileValidators(profile));
write("src/generated/validators.d.ts", validatorTypes(["profile", "fragment"]));
write("src/generated/plan-validator.js", planValidator(plan));
write("src/generated/plan-validator.d.ts", validatorTypes(["plan"]));

// These stages import what was just written.
const { load } = (await import("../src/load/index.ts")) as Pick<Reader, "load">;
const { validate } = (await import("../src/validate/index.ts")) as Pick<Reader, "validate">;
const builtin = builtins(join(top, "profiles"), { load, validate });
write("src/generated/builtins.ts", builtin.trees);
write("src/generated/builtin-texts.ts", builtin.texts);
const broken = builtin.problems.map((problem) => ({
  ...problem,
  file: problem.file.replace(/^builtin:(.*)$/, "profiles/$1.yaml"),
}));
process.stderr.write(formatProblems(broken, { sources: read }));

const kinds = await problemKinds(join(top, "src"));
write("src/generated/problem-kinds.ts", problemTable(kinds));

// The command line imports the built-ins that were just written.
const { commandLinePage } = await import("./generate/command-line.ts");
const { rulesPage } = await import("./generate/rules.ts");
const committed = {
  "src/model/profile.gen.ts": await types(expandShorthand(profile), "Profile", PROFILE),
  "src/model/plan.gen.ts": await types(plan, "Plan", PLAN),
  "docs/profile.md": referencePage(profile),
  "docs/problems.md": problemsPage(kinds),
  "docs/command-line.md": await commandLinePage(),
  "docs/score.md": scorePage(),
  "docs/rules.md": rulesPage(),
};
const drifted = Object.entries(committed).filter(([file, text]) => read(file) !== text);
const check = process.argv.includes("--check");
for (const [file, text] of drifted) {
  if (check) console.error(`${file} has drifted: run \`npm run generate\``);
  else write(file, text);
}
process.exitCode = broken.length > 0 || (check && drifted.length > 0) ? 1 : 0;

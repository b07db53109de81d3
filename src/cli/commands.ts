import type { DefineCommand } from "./command.ts";

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: DefineCommand }>;
}

/** Every command; its file is loaded when it is called. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  run: { summary: "run a command in its sandbox", load: () => import("./commands/run.ts") },
  shell: { summary: "an interactive shell in a sandbox", load: () => import("./commands/shell.ts") },
  render: { summary: "the bubblewrap command, to paste or to store", load: () => import("./commands/render.ts") },
  plan: { summary: "what the sandbox consists of, step by step", load: () => import("./commands/plan.ts") },
  show: { summary: "the profile after inheritance, as YAML", load: () => import("./commands/show.ts") },
  explain: { summary: "what a path is inside, and which entry decides", load: () => import("./commands/explain.ts") },
  diff: { summary: "what one profile lets in and another does not", load: () => import("./commands/diff.ts") },
  lint: { summary: "check profiles by what they let in", load: () => import("./commands/lint.ts") },
  rules: { summary: "what lint looks for, and why", load: () => import("./commands/rules.ts") },
  test: { summary: "hold profiles to their own tests", load: () => import("./commands/test.ts") },
  profiles: {
    summary: "the built-in profiles, and what the one here offers",
    load: () => import("./commands/profiles.ts"),
  },
  clean: { summary: "undo what killed runs have left behind", load: () => import("./commands/clean.ts") },
  schema: { summary: "the JSON schemas, for editors and programs", load: () => import("./commands/schema.ts") },
};

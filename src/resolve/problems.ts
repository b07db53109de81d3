import { defineProblem } from "../model/problem.ts";

const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

/** A word that a POSIX shell reads back as this text. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

export const extendsCycle = defineProblem<{ chain: readonly string[] }>({
  id: "extends/cycle",
  severity: "error",
  when: "A profile extends itself, directly or by way of others.",
  message: ({ chain }) => `this profile extends itself: ${chain.join(" → ")}`,
  help: () => "take one of these `extends` entries away",
});

export const extendsVariable = defineProblem<{ reference: string }>({
  id: "extends/variable",
  severity: "error",
  when: "An `extends` entry holds a variable; the files of the chain declare parameters, so it is read before them.",
  message: ({ reference }) => `variables are not replaced in \`extends\`: ${JSON.stringify(reference)}`,
  help: () => "write the name or the path itself; `~` leads a path",
});

export const unknownVariant = defineProblem<{ name: string; known: readonly string[]; nearest: string | undefined }>({
  id: "variant/unknown",
  severity: "error",
  when: "A variant is asked for that the file does not have.",
  message: ({ name, known }) => `there is no variant ${JSON.stringify(name)} here; variants: ${list(known)}`,
  help: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`#${nearest}\`?`),
});

export const unknownFlag = defineProblem<{ name: string; known: readonly string[]; nearest: string | undefined }>({
  id: "flag/unknown",
  severity: "error",
  when: "A flag set is asked for that no file of the chain declares.",
  message: ({ name, known }) => `there is no flag set ${JSON.stringify(name)}; flag sets: ${list(known)}`,
  help: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
});

export const unknownParam = defineProblem<{ name: string; known: readonly string[]; nearest: string | undefined }>({
  id: "param/unknown",
  severity: "error",
  when: "`--set` names a parameter that no file of the chain declares.",
  message: ({ name, known }) => `there is no parameter ${JSON.stringify(name)}; parameters: ${list(known)}`,
  help: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`--set ${nearest}=…\`?`),
});

export const missingParam = defineProblem<{ name: string; example: string }>({
  id: "param/required",
  severity: "error",
  when: "A required parameter has no value.",
  message: ({ name }) => `the parameter ${name} is required and has no value`,
  help: ({ name, example }) => `--set ${shellWord(`${name}=${example}`)}`,
});

export const paramType = defineProblem<{ name: string; type: string; text?: string; variable?: string }>({
  id: "param/type",
  severity: "error",
  when: "A parameter's value is not of its type.",
  // A host variable's value is not repeated: nobody promised that it is fit to be shown.
  message: ({ name, type, text, variable }) =>
    `${variable === undefined ? JSON.stringify(text) : `the value of ${variable}`} is no ${type}, as ${name} has to be`,
  help: ({ type }) => (type === "boolean" ? "write true or false" : "write a whole number"),
});

export const secretParam = defineProblem<{ name: string; variable: string }>({
  id: "param/secret",
  severity: "error",
  when: "A parameter reads a host variable whose name says that it is a secret; its value would be shown in plans.",
  message: ({ name, variable }) => `${variable} looks like a secret, so the parameter ${name} can't read it`,
  help: ({ variable }) => `pass it with env.pass: \`env: {pass: [${variable}]}\``,
});

export const paramCycle = defineProblem<{ chain: readonly string[] }>({
  id: "param/cycle",
  severity: "error",
  when: "A parameter's value depends on itself.",
  message: ({ chain }) => `this parameter's value depends on itself: ${chain.join(" → ")}`,
});

export const unknownVariable = defineProblem<{ name: string; nearest: string | undefined; hint: string | undefined }>({
  id: "variable/unknown",
  severity: "error",
  when: "`${name}` names neither a declared parameter nor one of the built-in variables.",
  message: ({ name }) => `there is no variable ${name}`,
  help: ({ nearest, hint }) => (nearest === undefined ? hint : `did you mean \`\${${nearest}}\`?`),
});

export const unsetVariable = defineProblem<{ name: string; param: boolean }>({
  id: "variable/unset",
  severity: "error",
  when: "`${name}` has no value here and offers no default.",
  message: ({ name }) => `${name} has no value`,
  help: ({ name, param }) =>
    `give it one${param ? ` (\`--set ${name}=…\`)` : ""}, or write \`\${${name}:-…}\` with what to use instead`,
});

export const demandedVariable = defineProblem<{ name: string; demand: string }>({
  id: "variable/demanded",
  severity: "error",
  when: "A variable written `${name:?message}` has no value.",
  message: ({ name, demand }) => (demand === "" ? `${name} has no value` : `${name}: ${demand}`),
});

export const noDirectory = defineProblem<{ name: string }>({
  id: "variable/no-directory",
  severity: "error",
  when: "`${DIR}` stands in a built-in profile, which has no directory.",
  message: ({ name }) => `${name} has no value in a built-in profile`,
  help: () => "write `${PROJECT}`",
});

export const secretVariable = defineProblem<{ name: string }>({
  id: "variable/secret",
  severity: "error",
  when: "`${name}` names a host variable whose name says that it is a secret.",
  message: ({ name }) => `${name} looks like a secret, so its value can't be put into a profile`,
  help: ({ name }) => `pass it with env.pass: \`env: {pass: [${name}]}\``,
});

const SYNTAX = {
  unterminated: "this `${` is never closed",
  nested: "a variable can't stand inside another one",
  malformed: "this is no variable",
} as const;

export const variableSyntax = defineProblem<{ text: string; flaw: keyof typeof SYNTAX }>({
  id: "variable/syntax",
  severity: "error",
  when: "A text opens a variable with `${` and does not go on as one.",
  message: ({ flaw }) => SYNTAX[flaw],
  help: () => "write `${name}`, `${name:-default}` or `${name:?message}`; `$${` is a literal `${`",
});

export const longText = defineProblem<{ length: number; limit: number }>({
  id: "variable/length",
  severity: "error",
  when: "A text with its variables replaced is longer than an argument or a value of the environment may be (execve(2)).",
  message: ({ length, limit }) =>
    `with its variables replaced this text has ${length} characters; ${limit} are allowed`,
  help: () => "put it into a file, and mount that",
});

const REFUSED = {
  empty: "a path can't be empty",
  control: "a path can't hold control characters",
  "above-root": "this path leads above /",
  user: "only `~` and `~/…` lead to a home directory, your own",
} as const;

export const refusedPath = defineProblem<{ path: string; flaw: keyof typeof REFUSED }>({
  id: "path/refused",
  severity: "error",
  when: "A path is empty, holds control characters, leads above `/`, or starts with another user's `~name`.",
  message: ({ flaw }) => REFUSED[flaw],
  help: ({ path, flaw }) =>
    flaw === "user" ? `write the absolute path, or \`./${path}\` for a file of that name` : undefined,
});

export const relativePath = defineProblem<{ path: string; builtin: boolean }>({
  id: "path/relative",
  severity: "error",
  when: "A relative path stands in a built-in profile or in a package's.",
  message: ({ path, builtin }) =>
    `${JSON.stringify(path)} is relative, and ${builtin ? "a built-in profile" : "a package"} has no place of its own`,
  help: ({ path }) => `write \`\${PROJECT}${path === "." ? "" : `/${path.replace(/^\.\//, "")}`}\``,
});

export const relativeCwd = defineProblem<{ path: string; meant: string }>({
  id: "process/relative-cwd",
  severity: "error",
  when: "The working directory in a root directory of the author's own is relative, and no entry shows that place.",
  message: ({ path, meant }) =>
    `the working directory ${JSON.stringify(path)} must be absolute: ${meant} is a place of the host, not of this root`,
  help: ({ path }) => `write the place inside: \`cwd: /${path.replace(/^(\.\.?\/?)+/, "")}\``,
});

export const twoEntries = defineProblem<{ at: string; first: string; second: string }>({
  id: "merge/two-entries",
  severity: "error",
  when: "One layer puts two entries at one destination.",
  message: ({ at, first, second }) => `${at} has an entry already, under \`${first}\`; this one is under \`${second}\``,
  help: () => "keep one of them",
});

export const sameKey = defineProblem<{ key: string }>({
  id: "merge/same-key",
  severity: "error",
  when: "Two keys of one mapping are the same once variables are replaced.",
  message: ({ key }) => `${JSON.stringify(key)} is here twice`,
  help: () => "keep one of them",
});

export const envContradiction = defineProblem<{ name: string; section: string }>({
  id: "env/contradiction",
  severity: "error",
  when: "One layer both unsets a variable and gives it a value.",
  message: ({ name, section }) => `${name} is unset here, and \`env.${section}\` of the same layer gives it a value`,
  help: () => "keep one of them",
});

interface NotThere {
  readonly field: string;
  readonly value: string;
  readonly elsewhere: string | undefined;
  readonly nearest: string | undefined;
}

export const nothingToRemove = defineProblem<NotThere>({
  id: "remove/absent",
  severity: "error",
  when: "`remove` names something that no earlier layer put there.",
  message: ({ field, value, elsewhere }) => {
    const missing = `${value} is not there to be removed: no earlier layer has it under \`${field}\``;
    return elsewhere === undefined ? missing : `${missing}, but it is there under \`${elsewhere}\``;
  },
  help: ({ elsewhere, nearest, value }) => {
    if (elsewhere !== undefined) {
      const route = elsewhere.split(".").map((key) => `{${key}: `);
      return `write \`remove: ${route.join("")}[${value}]${"}".repeat(route.length)}\``;
    }
    return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
  },
});

export const removedTooLate = defineProblem<{ field: string }>({
  id: "remove/too-late",
  severity: "error",
  when: "A flag set removes flag sets; which ones are used is settled before it is laid over the profile.",
  message: ({ field }) => `a flag set can't remove \`${field}\`: which ones are used is settled before`,
  help: () => "write it in the file or in one of its variants",
});

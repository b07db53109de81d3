import { defineProblem } from "../model/problem.ts";

/** Where in the document, as in `env.set.CI`; empty at its top. */
interface At {
  readonly at: string;
}

export const version = defineProblem<{ found: string | undefined }>({
  id: "profile/version",
  severity: "error",
  when: "The profile doesn't say `version: 1`, the version of the language that this sbx reads.",
  message: ({ found }) =>
    found === undefined ? "the profile doesn't say its version" : `version ${found} is not one that this sbx reads`,
  help: ({ found }) => `write \`version: 1\`${found === undefined ? " as the first line" : ""}`,
});

export const unknownKey = defineProblem<
  At & {
    key: string;
    nearest: string | undefined;
    /** The key is one of the top level. */
    misplaced: boolean;
    known: readonly string[];
  }
>({
  id: "profile/unknown-key",
  severity: "error",
  when: "A mapping has a key that the profile language doesn't know at this place.",
  message: ({ key, at }) => `unknown key "${key}" ${at === "" ? "at the top level" : `in ${at}`}`,
  help: ({ key, nearest, misplaced, known }) => {
    if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
    return misplaced ? `\`${key}\` belongs at the top level of the profile` : `the keys here are ${known.join(", ")}`;
  },
});

export const keyName = defineProblem<At & { key: string; expected: string }>({
  id: "profile/key-name",
  severity: "error",
  when: "A name of your own, such as that of a parameter or a variable, isn't written as such names are.",
  message: ({ key, at, expected }) => `"${key}" can't be a key of ${at}: expected ${expected}`,
});

export const missingKey = defineProblem<At & { key: string; expected: string }>({
  id: "profile/missing-key",
  severity: "error",
  when: "A mapping lacks a key that it has to have.",
  message: ({ at, key }) => `${at} needs the key \`${key}\``,
  help: ({ key, expected }) => `add \`${key}: …\` with ${expected}`,
});

export const empty = defineProblem<At & { known: readonly string[] }>({
  id: "profile/empty",
  severity: "error",
  when: "A mapping or list that has to say something is empty.",
  message: ({ at }) => `${at} is empty`,
  help: ({ known }) => (known.length === 0 ? "add an item, or take it out" : `add at least one of ${known.join(", ")}`),
});

export const wrongType = defineProblem<At & { expected: string; found: string; rewritten: string | undefined }>({
  id: "profile/type",
  severity: "error",
  when: "A text, a list or a mapping stands where something of another kind is expected.",
  message: ({ at, expected, found }) => `${at} has to be ${expected}, not ${found}`,
  help: ({ rewritten }) => (rewritten === undefined ? undefined : `write \`${rewritten}\``),
});

export const wrongValue = defineProblem<At & { expected: string; found: string; nearest: string | undefined }>({
  id: "profile/value",
  severity: "error",
  when: "A text isn't one of the words that are allowed, or isn't written as such a value is.",
  message: ({ at, expected, found }) => `${at} can't be ${found}: expected ${expected}`,
  help: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
});

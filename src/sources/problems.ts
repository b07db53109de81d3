import { defineProblem } from "../model/problem.ts";

export const unknownBuiltin = defineProblem<{ name: string; known: readonly string[]; nearest: string | undefined }>({
  id: "profile/unknown-builtin",
  severity: "error",
  when: "A bare word names no built-in profile.",
  message: ({ name }) => `there is no built-in profile ${JSON.stringify(name)}`,
  help: ({ name, known, nearest }) =>
    nearest === undefined
      ? `one of: ${known.join(", ")}; a file is written ./${name}`
      : `did you mean ${nearest}? A file is written ./${name}`,
});

export const noFile = defineProblem<{ path: string }>({
  id: "profile/missing-file",
  severity: "error",
  when: "A profile, or one that it extends, does not exist.",
  message: ({ path }) => `there is no file ${path}`,
  help: ({ path }) => `check the path: ls -l ${path}`,
});

export const refusedFile = defineProblem<{ path: string; why: string; isHere: boolean }>({
  id: "profile/refused-file",
  severity: "error",
  when: "A profile is a link, no regular file, unreadable or over 1 MiB.",
  message: ({ path, why, isHere }) => `${isHere ? "the profile" : path} ${why}`,
  help: () => "a profile is a regular file of at most 1 MiB; name the file itself",
});

export const outsideOfPackage = defineProblem<{ reference: string }>({
  id: "profile/package-path",
  severity: "error",
  when: "A package reference leads out of its package.",
  message: ({ reference }) => `${reference} leads out of its package`,
  help: () => "write npm:NAME/FILE or npm:@SCOPE/NAME/FILE",
});

export const noPackage = defineProblem<{ reference: string; from: string }>({
  id: "profile/missing-package",
  severity: "error",
  when: "A package that a profile extends is not installed.",
  message: ({ reference, from }) => `${reference} is not in a node_modules directory at or above ${from}`,
  help: ({ reference }) =>
    `npm install --save-dev ${reference
      .slice("npm:".length)
      .split("/")
      .slice(0, reference.includes("@") ? 2 : 1)
      .join("/")}`,
});

export const relativeInBuiltin = defineProblem<{ reference: string }>({
  id: "profile/relative-parent",
  severity: "error",
  when: "A profile without a directory (a built-in) extends a file.",
  message: ({ reference }) => `${reference}: a built-in profile extends built-in profiles only`,
  help: () => "write the bare name of a built-in profile",
});

export const gitFailed = defineProblem<{ revision: string; path: string; why: string }>({
  id: "profile/git",
  severity: "error",
  when: "A profile can't be read from a git revision.",
  message: ({ revision, path, why }) => `git can't show ${path} at ${revision}: ${why}`,
  help: ({ revision, path }) => `check with: git ls-tree ${revision} -- ${path}`,
});

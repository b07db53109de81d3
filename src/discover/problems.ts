import { defineProblem } from "../model/problem.ts";

/** A path as it can be typed into a shell. */
const word = (path: string): string => (/^[\w./+:@%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

export const nothingFound = defineProblem<{ directory: string }>({
  id: "discover/nothing-found",
  severity: "error",
  when: "No profile governs the directory, and none was named.",
  message: ({ directory }) => `there is no .sandbox.yml for ${directory}`,
  help: () => "make one: printf 'version: 1\\nextends: untrusted\\n' > .sandbox.yml; or name a profile: -p untrusted",
});

export const twoProfiles = defineProblem<{ directory: string }>({
  id: "discover/two-profiles",
  severity: "error",
  when: "A directory holds both `.sandbox.yml` and `.sandbox.yaml`.",
  message: ({ directory }) => `${directory} holds both .sandbox.yml and .sandbox.yaml`,
  help: ({ directory }) => `keep one: rm ${word(`${directory}/.sandbox.yaml`)}`,
});

export const linkedProfile = defineProblem<{ target: string }>({
  id: "discover/link",
  severity: "error",
  when: "A profile that was found is a symbolic link.",
  message: ({ target }) => `the profile is a link to ${target}; what it says could change without a trace`,
  help: ({ target }) => `copy the file here, or name it: -p ${word(target)}`,
});

export const notAFile = defineProblem<{ type: string; file: string }>({
  id: "discover/not-a-file",
  severity: "error",
  when: "What has the name of a profile is no regular file, or may not be looked at.",
  message: ({ type }) =>
    type === "unreadable" ? "the profile can't be looked at" : `the profile is a ${type}, not a file`,
  help: ({ file }) => `see what it is: ls -ld ${word(file)}`,
});

export const foreignProfile = defineProblem<{ owner: number; uid: number; file: string }>({
  id: "discover/foreign-owner",
  severity: "error",
  when: "A profile that was found belongs to neither the caller nor root.",
  message: ({ owner }) => `the profile belongs to user ${owner}, who decides what it says`,
  help: ({ file, uid }) =>
    `read it; if it is good, name it: -p ${word(file)}, or own it: sudo chown ${uid} ${word(file)}`,
});

export const openProfile = defineProblem<{ mode: string; file: string }>({
  id: "discover/writable-by-others",
  severity: "error",
  when: "A profile that was found can be written by users other than its owner.",
  message: ({ mode }) => `others can write the profile (its mode is ${mode})`,
  help: ({ file }) => `read it; if it is good: chmod go-w ${word(file)}`,
});

export const largeProfile = defineProblem<{ bytes: number; limit: number }>({
  id: "discover/too-large",
  severity: "error",
  when: "A profile that was found is larger than 1 MiB.",
  message: ({ bytes, limit }) => `the profile has ${bytes} bytes; the limit is ${limit}`,
  help: () => "split it, and join the parts with `extends: [./part.yml]`",
});

export const notCounted = defineProblem<{ file: string; governing: string; listed: string }>({
  id: "discover/not-counted",
  severity: "info",
  when: "A profile lies further in than the one that governs, which does not list it under `nested`.",
  message: ({ governing }) => `this profile does not count: ${governing} governs`,
  help: ({ file, listed }) => `list it there: \`nested: [${listed}]\`; or name it: -p ${word(file)}`,
});

export const cutOff = defineProblem<{ open: string; file: string }>({
  id: "discover/cut-off",
  severity: "error",
  when: "A profile lies at or above a directory that others can write, where the search for profiles ends.",
  message: ({ open, file }) => `${file} does not govern, for others can write to ${open}`,
  help: ({ open, file }) => `chmod go-w ${open}, or name the profile: -p ${file}`,
});

export const unlistedDirectory = defineProblem<{ directory: string; why: string }>({
  id: "discover/unlisted",
  severity: "error",
  when: "A directory in which `sbx lint` is to look for profiles can't be listed.",
  message: ({ directory, why }) => `${directory} can't be listed: ${why}`,
  help: ({ directory }) => `see why: ls -ld ${word(directory)}; or leave it out: --exclude ${word(directory)}`,
});

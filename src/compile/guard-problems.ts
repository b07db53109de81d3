import { isGlob } from "../model/pattern.ts";
import { defineProblem } from "../model/problem.ts";

/** A mask and the entry that it is at odds with. */
interface Contradiction {
  readonly mask: string;
  readonly at: string;
  /** Who wrote the mask: the entry's own file, another that it extends, or sbx. */
  readonly by: "the same" | "another" | "sbx";
}

/** What to do about a grant in what is masked; no tmpfs can be laid over a pattern. */
function partsOf({ mask, by }: Contradiction): string {
  if (by === "sbx") return "take the entry out: sbx keeps its own files there";
  const remove =
    by === "another" ? `take the mask out (\`remove: {mask: ["${mask}"]}\`) or the entry` : "remove one of the two";
  return isGlob(mask)
    ? `${remove}, or make the pattern narrower`
    : `${remove}; to hide a directory and keep parts: \`tmpfs: {${mask}: {}}\` ${by === "another" ? "instead of the mask" : "and grant the parts"}`;
}

export const plantedLink = defineProblem<{ path: string; link: string; real: string }>({
  id: "path/planted-link",
  severity: "error",
  when: "A host path leads through a link in a place that the command can write: it could point it elsewhere.",
  message: ({ path, link }) =>
    `${path} leads through ${link}, a link in a writable place: the command could replace it`,
  help: ({ real }) => `name the real path: ${real}`,
});

export const unreadableMask = defineProblem<{ path: string }>({
  id: "mask/unreadable",
  severity: "error",
  when: "You may not look at a masked path now, but the command could open its parent.",
  message: ({ path }) => `can't tell what ${path} is, so it can't be hidden: permission denied`,
  help: ({ path }) => `make its parent readable: chmod u+rx "$(dirname '${path}')"`,
});

export const grantUnderMask = defineProblem<Contradiction & { source: string }>({
  id: "mask/undone",
  severity: "error",
  when: "An entry shows what a mask hides.",
  message: ({ mask, source, at }) => `${at} shows ${source}, which the mask of ${mask} hides`,
  help: partsOf,
});

export const belowMask = defineProblem<Contradiction>({
  id: "mask/below",
  severity: "error",
  when: "A destination lies below a masked directory, which is empty and read-only.",
  message: ({ mask, at }) => `${at} lies below ${mask}, which is masked`,
  help: partsOf,
});

export const gitGrant = defineProblem<{ mask: string; source: string; at: string }>({
  id: "git/undone",
  severity: "error",
  when: "An entry shows the repository's git directory although `git` is `none`.",
  message: ({ source, at, mask }) => `${at} shows ${source}, but \`git: none\` hides ${mask}`,
  help: () => "write `git: ro` instead of the entry (or `git: rw`: hooks and config stay protected)",
});

export const protectedLink = defineProblem<{ path: string }>({
  id: "protect/link",
  severity: "error",
  when: "A protected path is a symbolic link, which could be replaced.",
  message: ({ path }) => `${path} is a symbolic link: protecting it would not protect what it points to`,
  help: () => "protect the file it points to, and replace the link by the file",
});

export const protectedHardLink = defineProblem<{ path: string; links: number }>({
  id: "protect/hard-link",
  severity: "error",
  when: "A protected file has further names (hard links), by which it could be written.",
  message: ({ path, links }) => `${path} has ${links} names (hard links): protecting one would not protect the others`,
  help: ({ path }) =>
    `give it a copy of its own: cp -p ${path} ${path}.new && mv ${path}.new ${path}; or find the others: find . -samefile ${path}`,
});

export const protectedPattern = defineProblem<{ pattern: string }>({
  id: "protect/pattern",
  severity: "error",
  when: "A protection is a pattern.",
  message: ({ pattern }) => `${pattern} is a pattern: files that the command makes later would not be protected`,
  help: () => "name each file, or the directory that holds them",
});

export const protectedAbsent = defineProblem<{ path: string }>({
  id: "protect/absent",
  severity: "error",
  when: "A protected path does not exist and could be made inside.",
  message: ({ path }) => `${path} does not exist, and the command could make it`,
  help: ({ path }) => `create ${path}, or write \`{path: ${path}, missing: skip}\``,
});

export const protectUndone = defineProblem<{ path: string; source: string; at: string }>({
  id: "protect/undone",
  severity: "error",
  when: "An entry makes part of a protected directory writable.",
  message: ({ path, source, at }) => `${at} makes ${source} writable, but ${path} is protected`,
  help: ({ path }) => `write \`ro\` there, or take the protection away: \`remove: {protect: [${path}]}\``,
});

export const brokenGit = defineProblem<{ file: string; why: string }>({
  id: "git/broken",
  severity: "error",
  when: "The `.git` of the project can't be understood.",
  message: ({ file, why }) => `${file}: ${why}`,
  help: () => "check with: git rev-parse --git-dir --git-common-dir",
});

import { defineProblem } from "../model/problem.ts";

/** A path as a word of a shell line. */
const word = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

const removal = (path: string, isDirectory: boolean): string => `${isDirectory ? "rmdir" : "rm"} ${word(path)}`;

export const notTheSame = defineProblem<{ path: string }>({
  id: "journal/not-the-same",
  severity: "warning",
  when: "What a killed run made is to be removed, but something else stands there now.",
  message: ({ path }) => `${path} stays: it is not what the killed run made there`,
  help: ({ path }) => `look with \`ls -lad ${word(path)}\`; sbx has forgotten it and will not touch it again`,
});

export const notEmpty = defineProblem<{ path: string; isDirectory: boolean }>({
  id: "journal/not-empty",
  severity: "warning",
  when: "A mount point that a killed run made is to be removed, but something was put into it.",
  message: ({ path }) => `${path} was made by a killed run and stays: it is no longer empty`,
  help: ({ path, isDirectory }) =>
    `look with \`ls -la ${word(path)}\`; \`${removal(path, isDirectory)}\` removes it when you need nothing of it`,
});

export const notSure = defineProblem<{ path: string; isDirectory: boolean }>({
  id: "journal/not-sure",
  severity: "warning",
  when: "A run was killed when it was about to make something, and nobody can tell whether it is what stands there.",
  message: ({ path }) => `${path} stays: the killed run was about to make it, but somebody else may have`,
  help: ({ path, isDirectory }) =>
    `look with \`ls -lad ${word(path)}\`; \`${removal(path, isDirectory)}\` removes it if it is nobody's`,
});

export const linkInTheWay = defineProblem<{ path: string; link: string }>({
  id: "journal/link",
  severity: "warning",
  when: "What a killed run made is to be removed, but a symbolic link stands on the way there now.",
  message: ({ path, link }) => `${path} is not removed: ${link} is a symbolic link now, and sbx goes through none`,
  help: ({ link }) => `see where it leads with \`readlink -f ${word(link)}\``,
});

export const notUndone = defineProblem<{ path: string; reason: string }>({
  id: "journal/not-removed",
  severity: "warning",
  when: "What a killed run made can't be removed for now; the next run and `sbx clean` try again.",
  message: ({ path, reason }) => `can't remove ${path}, which a killed run made: ${reason}`,
  help: ({ path }) => `look with \`ls -la ${word(path)}\`, then try again: \`sbx clean\``,
});

export const notUnmounted = defineProblem<{ path: string; reason: string }>({
  id: "journal/not-unmounted",
  severity: "warning",
  when: "What a killed run mounted can't be unmounted for now; the next run and `sbx clean` try again.",
  message: ({ path, reason }) => `can't unmount ${path}, which a killed run mounted: ${reason}`,
  help: ({ path }) => `try \`umount --lazy ${word(path)}\`, then \`sbx clean\``,
});

export const unreadable = defineProblem<{ path: string; directory: string; reason: string }>({
  id: "journal/unreadable",
  severity: "warning",
  when: "The journal of a killed run can't be understood, so nothing is removed on its word.",
  message: ({ path, reason }) => `the journal ${path} can't be understood, so nothing is undone: ${reason}`,
  help: ({ path, directory }) =>
    `read it with \`cat ${word(path)}\`, remove what it names, then \`rm -r ${word(directory)}\``,
});

export const foreign = defineProblem<{ directory: string; why: string }>({
  id: "journal/foreign",
  severity: "warning",
  when: "Something among the run directories is not one of the caller's.",
  message: ({ directory, why }) => `${directory} is left alone: ${why}`,
  help: ({ directory }) => `look with \`ls -la ${word(directory)}\` and remove it if you need nothing of it`,
});

export const elsewhere = defineProblem<{ directory: string }>({
  id: "journal/elsewhere",
  severity: "info",
  when: "A run directory belongs to a process of another namespace, a container perhaps: nobody here sees if it lives.",
  message: ({ directory }) => `${directory} is in use, or was, where this process can't look: in a container, perhaps`,
  help: () => "run `sbx clean` there",
});

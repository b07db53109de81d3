/** What linters of other sandboxes look for, and here nobody has to. */
export interface Settled {
  readonly id: string;
  readonly danger: string;
  /** Why it can't be there. */
  readonly because: string;
  /** The test that shows it; undefined where version 1 of the language has no words for it. */
  readonly shownBy?: string;
}

export const SETTLED: readonly Settled[] = [
  {
    id: "argv/no-separator",
    danger: "A command whose name begins with `-` is read as an option of bwrap (CVE-2024-32462).",
    because: "Every call of bwrap has `--` in front of the command.",
    shownBy: "test/render",
  },
  {
    id: "env/argv-secret",
    danger: "A value given with `--setenv` stands in the list of processes (bubblewrap#631, #792).",
    because:
      "No value stands in an argument: bwrap starts with the final environment, and what acts on bwrap itself goes through `--args FD`.",
    shownBy: "test/execute",
  },
  {
    id: "env/clearenv-pid1",
    danger: "With `--clearenv` the caller's environment stays in /proc/1/environ (bubblewrap#725).",
    because: "bwrap starts with exactly the command's environment, so there is nothing of the caller's in it.",
    shownBy: "test/execute",
  },
  {
    id: "protect/rename-parent",
    danger: "A protected path's parent is moved away, and a new one made in its place.",
    because:
      "The directories that lead to a protected or masked path are held in place by mounts of their own (rename(2), EBUSY).",
    shownBy: "test/cases/a-protected-file-is-read-only-and-the-directories-on-the-way-are-pinned",
  },
  {
    id: "self/profile",
    danger: "The profile, or a file that it extends, can be changed by the command (firejail#7154).",
    because:
      "They are protected in every plan, and so is each that a later run would find. Where there is none the command may make one, as a repository may bring one: what is found so has to stay below the ceiling.",
    shownBy: "test/cases",
  },
  {
    id: "root/writable",
    danger:
      "The sandbox's root or its /dev is a tmpfs that can be written: memory fills up, and files are planted in /etc.",
    because:
      "Both are the run's own: nothing of the host's lies in them, and what is planted there is gone with the sandbox. `limits.memory` bounds what they take; `tmpfs: {/: {size: 64M}}` bounds the root alone.",
    shownBy: "test/profiles/osbuild-buildroot-real.test.ts",
  },
  {
    id: "net/wide-domain",
    danger: "A list of allowed names is so wide that anything can be sent through it.",
    because: "Version 1 of the language has no such list: there is no network, or the host's.",
  },
  {
    id: "seccomp/gaps",
    danger: "A filter of system calls forgets clone3, io_uring, the new mount calls or 32-bit calls (CVE-2021-41133).",
    because: "Version 1 of the language has no filter; that there is none is among the known limits.",
  },
  {
    id: "tty/seccomp-exact",
    danger: "A filter compares all 64 bits of TIOCSTI's number (CVE-2019-10063).",
    because:
      "Version 1 of the language has no filter. Terminals are relayed instead: the caller's own is out of reach.",
  },
  {
    id: "tmpfs/exec",
    danger: "Scratch space is writable and executable at once (bubblewrap#349).",
    because: "bubblewrap mounts nothing `noexec`, so no profile could be better.",
  },
];

import { describe, expect, it } from "vitest";
import { change, changed, lines, MACHINE } from "./side.ts";

/** Each: before, after, and what is told of it; the mirror image is tried with it. */
const ROWS: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["host content appears", "", "mounts: {/usr: ro}", ["widens /usr: absent -> ro host +host-read"]],
  [
    "read-only becomes writable",
    "mounts: {/srv/data: ro}",
    "mounts: {/srv/data: rw}",
    ["widens /srv/data: ro host -> rw host +host-write"],
  ],
  [
    "a mask goes",
    "mounts: {/srv: ro}\nmask: [/srv/data]",
    "mounts: {/srv: ro}",
    ["widens /srv/data: masked -> ro host +host-read"],
  ],
  [
    "a protection goes",
    "mounts: {.: rw}\nprotect: [Makefile]",
    "mounts: {.: rw}",
    ["widens /home/u/proj/Makefile: ro host -> rw host +host-write"],
  ],
  [
    "another directory of the host at the same place: what was not visible is",
    "mounts: {/x: {from: /srv/data}}",
    "mounts: {/x: {from: /srv/other}}",
    ["widens /x: ro host /srv/data -> ro host /srv/other +host-read -host-read"],
  ],
  [
    "a directory of the host takes the place of one of the sandbox's own",
    "tmpfs: [/x]",
    "mounts: {/x: {from: /srv/data}}",
    ["widens /x: rw, empty (0755) -> ro host /srv/data +host-read"],
  ],
  [
    "a copy-on-write view becomes writable for good",
    "mounts: {/srv/data: {access: cow}}",
    "mounts: {/srv/data: rw}",
    ["widens /srv/data: copy on write -> rw host +host-write"],
  ],
  [
    "what is written is kept",
    "mounts: {/srv/data: {access: cow}}",
    "mounts: {/srv/data: {access: cow, keep: /home/u/kept}}",
    ["widens /srv/data: copy on write -> copy on write, kept in /home/u/kept +kept"],
  ],
  ["a device", "devices: minimal", "devices: [/dev/fuse]", ["widens /dev/fuse: absent -> device +device"]],
  [
    "a device that every sandbox has",
    "devices: {nodes: [], backing: tmpfs}",
    "devices: {nodes: [/dev/null], backing: tmpfs}",
    ["neutral /dev/null: absent -> device"],
  ],
  ["an empty directory in memory where nothing was", "", "tmpfs: [/x]", ["neutral /x: absent -> rw, empty (0755)"]],
  [
    "an empty directory in memory over a part of the host",
    "mounts: {/srv: ro}",
    "mounts: {/srv: ro}\ntmpfs: [/srv/data]",
    ["narrows /srv/data: ro host -> rw, empty (0755) -host-read"],
  ],
  ["a fresh directory", "", "mounts: {/x: {scratch: true}}", ["neutral /x: absent -> rw, fresh (0755)"]],
  [
    "a limit of an own directory goes",
    "tmpfs: {/x: {size: 1M}}",
    "tmpfs: [/x]",
    ["widens /x: rw, empty (0755), at most 1M -> rw, empty (0755) +limit"],
  ],
  ["a link", "symlinks: {/x: a}", "symlinks: {/x: b}", ["neutral /x: link to a -> link to b"]],
  [
    "the text of an own file",
    "files: {/x: {content: a}}",
    "files: {/x: {content: b}}",
    ["neutral /x: file of its own (0444) -> file of its own (0444)"],
  ],
  [
    "the mode of an own directory",
    "dirs: [/x]",
    "dirs: {/x: {mode: 700}}",
    ["neutral /x: rw, empty (0755) -> rw, empty (0700)"],
  ],
  [
    "what is to be had elsewhere",
    "mounts: {/srv/data: ro}",
    "mounts: {/srv/data: ro, /x: {from: /srv/data}}",
    ["neutral /x: absent -> ro host /srv/data"],
  ],
  [
    "a part of what is to be had",
    "mounts: {/srv: ro}",
    "mounts: {/x: {from: /srv/data}}",
    ["narrows /srv: ro host -> absent -host-read", "neutral /x: absent -> ro host /srv/data"],
  ],
  [
    "more of a place of which a part is hidden",
    "mounts: {/a: {from: /srv}}\ntmpfs: [/a/data]",
    "mounts: {/a: {from: /srv}, /b: {from: /srv}}\ntmpfs: [/a/data]",
    ["widens /b: absent -> ro host /srv +host-read"],
  ],
  [
    "the same with the part hidden at both places",
    "mounts: {/a: {from: /srv}}\ntmpfs: [/a/data]",
    "mounts: {/a: {from: /srv}, /b: {from: /srv}}\ntmpfs: [/a/data, /b/data]",
    ["neutral /b: absent -> ro host /srv", "neutral /b/data: absent -> rw, empty (0755)"],
  ],
  [
    "a whole root in one line, with what it still hides",
    "mounts: {/usr: ro}",
    "root: host\ntmpfs: [/home/u]",
    [
      "widens /: rw, empty (0755) -> ro host +host-read",
      ...["home/u", "tmp"].map((path) => expect.stringMatching(`^neutral /${path}: absent -> rw, empty`)),
    ],
  ],
  [
    "no line for what is masked in a place that goes as a whole",
    "mounts: {/srv: ro}\nmask: [/srv/data/keys]",
    "",
    ["narrows /srv: ro host -> absent -host-read"],
  ],
  [
    "no line for what only leads somewhere",
    "",
    "mounts: {/a/b/c: {from: /srv/data}}",
    ["widens /a/b/c: absent -> ro host /srv/data +host-read"],
  ],
  [
    "process file system of the host's processes",
    "namespaces: {pid: false}",
    "namespaces: {pid: false}\nproc: true",
    ["widens /proc: absent -> ro, process file system +host-read"],
  ],
];

const MIRRORED = { widens: "narrows", narrows: "widens", neutral: "neutral" } as const;

describe("what changes at a path", () => {
  it.each(ROWS)("%s", (_, before, after, told) => {
    expect(changed(before, after)).toEqual(told);
    const back = change(after, before).plans;
    const both = change(before, after).plans.map(({ subject, gained, lost, change: word }) => ({
      subject,
      gained: lost,
      lost: gained,
      change: gained.length > 0 && lost.length > 0 ? "widens" : MIRRORED[word],
    }));
    const bySubject = (x: { subject: string }, y: { subject: string }) => (x.subject < y.subject ? -1 : 1);
    expect(
      back.map(({ subject, gained, lost, change: word }) => ({ subject, gained, lost, change: word })).sort(bySubject),
    ).toEqual(both.sort(bySubject));
  });

  it.each([
    ["an entry that says what another one shows already", "mounts: {/srv: ro}", "mounts: {/srv: ro, /srv/data: ro}"],
    ["a protection of what is read-only", "mounts: {.: ro}", "mounts: {.: ro}\nprotect: [Makefile]"],
    ["a mask of what nothing shows", "mounts: {/usr: ro}", "mounts: {/usr: ro}\nmask: [/srv]"],
    [
      "the order of entries",
      "mounts: {/srv: ro, .: rw}\ntmpfs: [/a, /b]",
      "mounts: {.: rw, /srv: ro}\ntmpfs: [/b, /a]",
    ],
    ["a description and tests", "", "description: another\ntests: {it: {hidden: [/x]}}"],
    ["an explicit parent", "mounts: {/a/b: {from: /srv}}", "mounts: {/a/b: {from: /srv}}\ndirs: [/a]"],
    ["the same node by two names", "devices: [/dev/fuse]", 'devices: ["/dev/fus*", /dev/null]'],
  ])("is nothing with %s", (_, before, after) => {
    expect(changed(before, after)).toEqual([]);
    expect(change(before, after).profiles).toEqual([]);
  });

  it("is nothing when entries move to a parent profile", () => {
    const own = "mounts: {'${PROJECT}': rw, /srv: ro}\nmask: [/srv/data]\nenv: {pass: [TERM]}\nlimits: {time: 1m}\n";
    const parent = "/home/u/shared.yml";
    const machine = { ...MACHINE, files: { ...MACHINE.files, [parent]: `version: 1\n${own}` } };
    expect(lines(change(own, `extends: [${parent}]\n`, machine).profiles)).toEqual([]);
    const inside = { ...MACHINE, files: { ...MACHINE.files, "/home/u/proj/shared.yml": `version: 1\n${own}` } };
    // The files of a profile are protected: comparing plans shows that, comparing profiles knows.
    expect(lines(change(own, "extends: [./shared.yml]\n", inside).plans)).toEqual([
      "narrows /home/u/proj/shared.yml: rw host -> ro host -host-write",
    ]);
    expect(lines(change(own, "extends: [./shared.yml]\n", inside).profiles)).toEqual([]);
  });

  it("names the lines of both sides, with the chain that led there", () => {
    const machine = {
      ...MACHINE,
      files: { ...MACHINE.files, "/home/u/shared.yml": "version: 1\nmounts:\n  /srv: ro\n" },
    };
    const [only] = change("extends: [/home/u/shared.yml]", "mounts: {/srv: rw}", machine).plans;
    expect(only?.before.origins).toMatchObject([
      { file: "/home/u/shared.yml", line: 3, column: 3, chain: [{ file: "/home/u/proj/.sandbox.yml", line: 4 }] },
    ]);
    expect(only?.after.origins).toMatchObject([{ file: "/home/u/proj/.sandbox.yml", line: 4, chain: [] }]);
  });

  it("names no line where nobody says anything, and the one that was skipped where somebody does", () => {
    expect(change("mounts: {/srv: ro}", "").plans[0]?.after).toEqual({ text: "absent", origins: [] });
    const skipped = "mounts: {/srv: {access: ro, when: {exists: /no}}}";
    expect(change("mounts: {/srv: ro}", skipped).plans[0]).toMatchObject({
      subject: "/srv",
      after: { text: "absent", origins: [{ line: 4, column: 10 }] },
    });
  });

  it.each([
    ["files: {/x: {content: a}}", "files: {/x: {content: b}}", "it has another text"],
    ["mounts: {/srv: ro}", "mounts: {/srv: ro, /x: {from: /srv}}", "what it shows can be had at another path, too"],
    ["", "tmpfs: [/x]", undefined],
  ])("says why it is neutral: %s, %s", (before, after, note) => {
    expect(change(before, after).plans).toMatchObject([{ change: "neutral" }]);
    expect(change(before, after).plans[0]?.note).toBe(note);
  });

  it("puts the widest first", () => {
    const order = change(
      "limits: {time: 1m}\nmounts: {/srv/other: ro}",
      "mounts: {/usr: ro, /srv/data: rw}\nnetwork: host\ntmpfs: [/x]",
    ).plans;
    expect(order.map(({ subject }) => subject)).toEqual(["/srv/data", "network", "/usr", "time", "/srv/other", "/x"]);
  });
});

import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { simulate, whoRuns } from "../../src/claims/index.ts";
import { contradicts } from "../../src/claims/judge.ts";
import { lookInside } from "../../src/execute/look-inside.ts";
import { nodeHost } from "../../src/host/node.ts";
import type { Seen } from "../../src/model/seen.ts";
import { planProfile } from "../../src/pipeline.ts";
import { runVetted } from "../../src/run.ts";
import { tree } from "../../src/tree/index.ts";
import { ownRuntime } from "../session/session.ts";
import { bwraps } from "../support/bwraps.ts";

ownRuntime();

/** What the host has, some of it: the same on every run. */
function sample(directory: string, depth: number): string[] {
  let names: readonly string[] = [];
  try {
    names = readdirSync(directory).sort().slice(0, 9);
  } catch {
    return [];
  }
  // A shell's own words must not be hurt by a name.
  const plain = names.filter((name) => /^[\w.+-]+$/.test(name));
  return plain.flatMap((name) => {
    const path = `${directory === "/" ? "" : directory}/${name}`;
    return [path, ...(depth > 0 ? sample(path, depth - 1) : [])];
  });
}

const PROFILES = [
  { extends: ["base"] },
  { root: "host", mask: ["/etc/ssl", "/usr/share/doc"] },
  { extends: ["base"], mounts: { "/etc": "ro", "/var": "ro" }, devices: ["full"], protect: ["/etc/passwd"] },
];

/** In the words of the loop below. */
function words({ type, readable, writable }: Seen): string {
  const is = type === "absent" ? "-" : type === "directory" ? "d" : type === "file" ? "f" : "o";
  return `${is}${readable ? "r" : "-"}${writable ? "w" : "-"}`;
}

const SCRIPT = `while read -r p; do
  if [ -d "$p" ]; then t=d; elif [ -f "$p" ]; then t=f; elif [ -e "$p" ]; then t=o; else t=-; fi
  if [ -r "$p" ]; then r=r; else r=-; fi
  if [ -w "$p" ]; then w=w; else w=-; fi
  echo "$p $t$r$w"
done`;

it.each(bwraps().flatMap((bwrap) => PROFILES.map((profile) => ({ bwrap, profile }))))(
  "a look through $bwrap's first process finds what a shell inside finds, and what the simulation says: $profile",
  async ({ bwrap, profile }) => {
    const host = nodeHost({ env: { ...process.env, SBX_BWRAP: bwrap } as Record<string, string> });
    const { value, problems } = await planProfile({ profile: { version: 1, directory: host.cwd, ...profile } }, host);
    if (value === undefined) throw new Error(JSON.stringify(problems));
    const { plan } = value;
    const tops = [
      "/bin",
      "/dev",
      "/etc",
      "/home",
      "/lib",
      "/opt",
      "/root",
      "/sbin",
      "/tmp",
      "/usr",
      "/usr/share",
      "/var",
    ];
    const places = plan.operations.flatMap(({ at }) => [at, `${at}/nope`.replace("//", "/")]);
    const paths = [...new Set([...places, ...tops, ...tops.flatMap((top) => sample(top, 1))])].filter((path) =>
      /^[\w./+-]+$/.test(path),
    );
    expect(paths.length).toBeGreaterThan(150);
    const who = whoRuns(plan, host);

    const found = new Map<string, Seen>();
    const looked = await runVetted(plan, ["true"], host, {
      inspect(pid) {
        const inside = lookInside(pid, who);
        for (const path of paths) found.set(path, inside.look(path));
      },
    });
    expect([looked.problems, "ended" in looked && looked.ended, found.size]).toEqual([[], "aborted", paths.length]);

    const shown = tree(plan.operations, host);
    const wrong = paths.filter((path) => contradicts(simulate(shown, host, who, path), found.get(path) as Seen));
    expect(wrong).toEqual([]);

    const ran = await runVetted(plan, ["/bin/sh", "-c", SCRIPT], host, {
      input: `${paths.join("\n")}\n`,
      capture: { separate: true },
    });
    const told = "captured" in ran ? (ran.captured?.stdout ?? "") : "";
    const inside = new Map(told.split("\n").map((line) => line.split(" ") as [string, string]));
    // Who looks decides what procfs shows, and a terminal is another one for everybody.
    const asked = paths.filter(
      (path) => found.get(path)?.type !== "unknown" && !/^\/(proc|dev\/(pts|tty|console))/.test(path),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.map((path) => `${path} ${inside.get(path)}`)).toEqual(
      asked.map((path) => `${path} ${words(found.get(path) as Seen)}`),
    );
  },
);

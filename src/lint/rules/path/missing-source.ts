import type { Host } from "../../../model/host.ts";
import { nearest } from "../../../model/nearest.ts";
import { isWithin, parentOf } from "../../../model/path.ts";
import { realpath } from "../../../model/realpath.ts";
import { issue } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { wantedSources } from "../../wanted.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ source: string; meant: string | undefined; skipped: boolean }>({
  id: "path/missing-source",
  severity: "warning",
  title: "What a mount shows is not there, or what may be missing has nearly the name of something that is there.",
  why: "A run stops at a source that is missing. One that may be missing (`ro?`) is left out without a word: with a typing mistake in it, for ever.",
  sources: [issue("igo95862/bubblejail", 147), issue("containers/bubblewrap", 282)],
  fix: "Correct the name, make the directory (`missing: create`), or let it be missing (`ro?`).",
  needs: "machine",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /srv/no-such-place: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /srv/no-such-place: ro?\n" },
  message: ({ source, skipped }) =>
    skipped ? `${source} is left out: it is not there` : `${source} does not exist here: \`sbx run\` stops`,
  help: ({ meant, source }) =>
    meant === undefined
      ? `make ${source}, or write \`missing: skip\` to go without where it is missing`
      : `did you mean ${meant}?`,
  *check({ effective, machine, host, outside: { placeholders } }) {
    if (machine === undefined) return;
    for (const { path, missing, origin } of wantedSources(effective)) {
      if (missing === "create" || isThere(machine, path) || placeholders.some((place) => isWithin(place, path)))
        continue;
      const name = path.slice(path.lastIndexOf("/") + 1);
      const meant = nearest(
        name,
        (machine.readdir(parentOf(path)) ?? []).filter((other) => isLike(name, other)),
      );
      const isLikely = meant !== undefined;
      if (missing === "skip" && !isLikely) continue;
      // Whether it is left out with a warning is told by the plan's own.
      yield {
        data: { source: short(host, path), meant: isLikely ? meant : undefined, skipped: missing !== "fail" },
        at: origin,
      };
    }
  },
});

const ending = (name: string): string => /[^.](\.[^.]*)$/.exec(name)?.[1] ?? "";

/** Whether one name may be the other with a typing mistake: a number is a version, and an ending another kind of file. */
const isLike = (name: string, other: string): boolean =>
  !/\d/.test(name + other) &&
  name.length > 4 &&
  Math.abs(name.length - other.length) <= 1 &&
  name[0] === other[0] &&
  ending(name) === ending(other);

/** Most are no links: one look is enough. */
function isThere(machine: Host, path: string): boolean {
  const type = machine.lstat(path)?.type;
  return (type !== undefined && type !== "link") || realpath(machine, path).stat !== undefined;
}

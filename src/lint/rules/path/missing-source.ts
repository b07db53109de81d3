import type { Host } from "../../../model/host.ts";
import { nearest } from "../../../model/nearest.ts";
import { isWithin, parentOf } from "../../../model/path.ts";
import { realpath } from "../../../model/realpath.ts";
import { holds } from "../../../model/when.ts";
import { issue } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { type Wanted, wantedSources } from "../../wanted.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{
  source: string;
  meant: string | undefined;
  skipped: boolean;
  without: string | undefined;
}>({
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
  help: ({ meant, source, without }) => {
    if (meant !== undefined) return `did you mean ${meant}?`;
    return without === undefined
      ? `make ${source}, or name another directory`
      : `make ${source}, or write \`${without}\` to go without where it is missing`;
  },
  *check({ effective, machine, host, outside: { placeholders } }) {
    if (machine === undefined) return;
    for (const wanted of wantedSources(effective)) {
      const { path, without, origin } = wanted;
      if (
        wanted.missing === "create" ||
        isThere(machine, wanted) ||
        placeholders.some((place) => isWithin(place, path))
      )
        continue;
      const missing = holds(machine, wanted.when) ? wanted.missing : "skip";
      const name = path.slice(path.lastIndexOf("/") + 1);
      const meant = nearest(
        name,
        (machine.readdir(parentOf(path)) ?? []).filter((other) => isLike(name, other)),
      );
      const isLikely = meant !== undefined;
      if (missing === "skip" && !isLikely) continue;
      // Whether it is left out with a warning is told by the plan's own.
      const source = short(host, path);
      yield { data: { source, meant: isLikely ? meant : undefined, skipped: missing !== "fail", without }, at: origin };
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
function isThere(machine: Host, { path, staysLink }: Wanted): boolean {
  const type = machine.lstat(path)?.type;
  return (type !== undefined && (type !== "link" || staysLink)) || realpath(machine, path).stat !== undefined;
}

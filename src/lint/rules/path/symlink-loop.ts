import { realpath } from "../../../model/realpath.ts";
import { DEFAULT_ORIGIN, type Origin } from "../../../model/source.ts";
import { manual } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { defineRule, type Found } from "../../rule.ts";
import { wantedSources } from "../../wanted.ts";
import { short } from "../../words.ts";

interface Circle {
  readonly link: string;
  readonly circle: string;
}

export const rule = defineRule<Circle>({
  id: "path/symlink-loop",
  severity: "error",
  title: "Links lead round in a circle.",
  why: "Nothing can be opened through them (ELOOP), and no program says which links they are. Where a mount, a mask or a protection leads through them there is no plan at all (`path/link-loop`).",
  sources: [manual("path_resolution(7)")],
  fix: "Break the circle.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nsymlinks: {/srv/a: b, /srv/b: a}\n" },
  good: { profile: "version: 1\nextends: [base]\nsymlinks: {/srv/a: b, /srv/b: /usr/share}\n" },
  message: ({ link, circle }) => `${link} leads round in a circle: ${circle}`,
  help: () => "let one of these links lead elsewhere, or take it out",
  *check(facts) {
    const told = new Set<string>();
    for (const { links, at } of walksOf(facts)) {
      // One finding for a circle, whichever of its links one comes from.
      if (links.some((link) => told.has(link))) continue;
      for (const link of links) told.add(link);
      yield { data: circleOf(links, facts), at };
    }
  },
});

/** What is followed without end: links of the sandbox, and grants of a link of the host's, which is made a link inside. */
function* walksOf({
  plan,
  tree,
  host,
  effective,
}: Facts): Iterable<{ links: readonly string[] } & Pick<Found<Circle>, "at">> {
  for (const { kind, at, present, origin } of plan.operations) {
    if (kind !== "symlink" || !present || isBrought(origin)) continue;
    const { loop, links } = tree.walk(at);
    if (loop) yield { links: links.map(({ path }) => path), at: origin };
  }
  for (const { path, origin } of wantedSources(effective)) {
    const { loop, links } = realpath(host, path);
    if (loop) yield { links, at: origin };
  }
}

/** A link of a built-in, or of sbx itself, leads round only by way of one that somebody else has put there. */
const isBrought = ({ file }: Origin): boolean => file.startsWith("builtin:") || file === DEFAULT_ORIGIN.file;

/** From the last link back to where it was met before. */
function circleOf(links: readonly string[], { host }: Facts): Circle {
  const shown = links.map((link) => short(host, link));
  const start = shown.lastIndexOf(shown.at(-1) ?? "", -2);
  return { link: shown[0] ?? "", circle: shown.slice(start).join(" → ") };
}

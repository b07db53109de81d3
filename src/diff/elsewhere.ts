import type { Leaf } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { isWithin } from "../model/path.ts";
import { conditionDifferences } from "./conditions.ts";
import { classed, type Difference, type Shift } from "./difference.ts";
import type { Profile } from "./profiles.ts";
import { type Reach, reaches, reachesInto } from "./reach.ts";
import { type Sandbox, sandboxOf } from "./sandbox.ts";

/** What makes no difference here, for this machine has nothing of it, and would on another one. */
export function elsewhereDifferences(a: Profile, b: Profile, host: Host): Difference[] {
  const [before, after] = [sandboxOf(a.plan, host), sandboxOf(b.plan, host)];
  return [
    ...passed(a, b),
    ...passed(b, a).map(mirrored),
    ...unsetNoMore(a, b),
    ...unsetNoMore(b, a).map(mirrored),
    ...conditionDifferences(a.effective, b.effective),
    ...unguarded([a, b], [before, after]),
    ...unguarded([b, a], [after, before]).map(mirrored),
  ];
}

const mirrored = ({ before, after, gained, lost, ...rest }: Difference): Difference =>
  classed({ ...rest, before: after, after: before, gained: lost, lost: gained });

/** Variables that the second profile passes and the first doesn't, of which none is set here. */
function passed({ effective: from }: Profile, { effective: to, plan }: Profile): Difference[] {
  const known = [...from.env.pass, ...from.env.require].map(({ value }) => value);
  const isKnown = (name: string) => !from.env.clear.value || known.some((pattern) => matches(pattern, name));
  return to.env.pass.flatMap(({ value: name, origin }) => {
    const isHere = plan.env[name] !== undefined;
    if (isHere || isKnown(name) || !to.env.clear.value) return [];
    const after = { text: "the host's, where it is set", origins: [origin] };
    const before = { text: "unset", origins: [] };
    return classed({ area: "environment", subject: name, before, after, gained: ["variable"], lost: [], here: false });
  });
}

/** Variables that the first profile takes away from the sandbox and the second lets in, whether they are set here or not. */
function unsetNoMore({ effective: from }: Profile, { effective: to, plan }: Profile): Difference[] {
  const passes = [...to.env.pass, ...to.env.require].map(({ value }) => value);
  const kept = to.env.unset.map(({ value }) => value);
  return from.env.unset.flatMap(({ value: name, origin }) => {
    const letsIn = !to.env.clear.value || passes.some((pattern) => matches(pattern, name));
    if (!letsIn || kept.includes(name) || to.env.set.has(name) || plan.env[name] !== undefined) return [];
    const before = { text: "unset", origins: [origin] };
    const after = { text: "the host's, where it is set", origins: [] };
    return classed({ area: "environment", subject: name, before, after, gained: ["variable"], lost: [], here: false });
  });
}

/** Whether a pattern covers a name, or all that another pattern stands for. */
function matches(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  const source = pattern.replace(/\*+|[^A-Za-z0-9_]/g, (text) =>
    text.startsWith("*") ? ".*" : text === "?" ? "[^*]" : `\\${text}`,
  );
  return new RegExp(`^${source}$`, "s").test(name);
}

interface Guard {
  readonly path: string;
  readonly kind: "mask" | "protect";
  readonly origin: Leaf<unknown>["origin"];
}

const guardsOf = ({ effective: { mask, protect } }: Profile): Guard[] => [
  ...mask.map(({ value: path, origin }) => ({ path, kind: "mask", origin }) as const),
  ...protect.map(({ value: { path }, origin }) => ({ path, kind: "protect", origin }) as const),
];

/** Masks and protections of the first profile that the second lacks, of what is not there and would show if it were. */
function unguarded([from, to]: readonly [Profile, Profile], [, after]: readonly [Sandbox, Sandbox]): Difference[] {
  const kept = guardsOf(to);
  return guardsOf(from).flatMap(({ path, kind, origin }) => {
    const base = fixedPart(path);
    const { host } = after;
    // What is there was looked at where it shows; a pattern may match more on another day.
    const isHere = base === path && host.lstat(base) !== undefined;
    const isKept = kept.some((other) => other.kind === kind && covers(other.path, path));
    if (isHere || isKept) return [];
    const [reach, shift]: [Reach, Shift] = kind === "mask" ? ["read", "host-read"] : ["write", "host-write"];
    if (!(base === path ? reaches(after, base, reach) : reachesInto(after, base, reach))) return [];
    const was = { text: kind === "mask" ? "masked, where it is" : "protected, where it is", origins: [origin] };
    const is = { text: kind === "mask" ? "as it is" : "writable", origins: [] };
    return classed({ area: "path", subject: path, before: was, after: is, gained: [shift], lost: [], here: false });
  });
}

/** Whether a path or pattern stands for everything that another one does; as far as that can be told by their letters. */
function covers(pattern: string, other: string): boolean {
  if (isWithin(pattern, other)) return true;
  const [base = "", name] = pattern.split("/**/", 2);
  return name !== undefined && isWithin(base, other) && other.endsWith(`/${name}`);
}

/** The part of a pattern before its first special letter, as a path; backslashes take a letter's meaning away. */
function fixedPart(pattern: string): string {
  const parts = pattern.split("/");
  const special = parts.findIndex((part) => /(?<!\\)(?:\\\\)*[*?[{]/.test(part));
  const fixed = special < 0 ? parts : parts.slice(0, special);
  return fixed.join("/").replace(/\\(.)/gs, "$1") || "/";
}

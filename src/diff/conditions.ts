import type { Effective, Leaf } from "../model/effective.ts";
import type { Mount, Protect } from "../model/profile.gen.ts";
import { classed, type Difference, type Shift } from "./difference.ts";

type Conditions = Readonly<Record<string, unknown>>;

/**
 * Entries that are the same here and are held to other conditions: where these come out otherwise, so do they. A condition
 * that is given up or exchanged widens, one that is added narrows; what happens where a source is missing is neither.
 */
export function conditionDifferences(a: Effective, b: Effective): Difference[] {
  const places = [...new Set([...mountsOf(a).keys(), ...mountsOf(b).keys()])].sort();
  const mounts = places.flatMap((at) => {
    const [was, is] = [mountsOf(a).get(at), mountsOf(b).get(at)];
    return was && is ? changed(at, [was, is]) : [];
  });
  const protections = [...protectionsOf(a)].flatMap(([path, was]) => {
    const is = protectionsOf(b).get(path);
    return is ? changed(path, [was, is]) : [];
  });
  return [...mounts, ...protections];
}

interface Held {
  readonly conditions: Conditions;
  readonly shift: Shift;
  readonly origin: Leaf<unknown>["origin"];
}

function mountsOf({ entries }: Effective): ReadonlyMap<string, Held> {
  return new Map(
    [...entries].flatMap(([at, { value, origin }]): [string, Held][] => {
      if (value.kind !== "mount") return [];
      const spec: Exclude<Mount, string> = typeof value.spec === "string" ? {} : value.spec;
      const access = typeof value.spec === "string" ? value.spec : (spec.access ?? "ro");
      const { when, inside } = spec;
      const missing = spec.missing ?? (access.endsWith("?") ? "skip" : "fail");
      const shift = /^(rw|dev)/.test(access) ? "host-write" : "host-read";
      return [[at, { conditions: { when, inside, missing }, shift, origin }]];
    }),
  );
}

const protectionsOf = ({ protect }: Effective): ReadonlyMap<string, Held> =>
  new Map(
    protect.map(({ value: { path, missing = "fail" as NonNullable<Exclude<Protect, string>["missing"]> }, origin }) => [
      path,
      { conditions: { missing }, shift: "host-write", origin },
    ]),
  );

function changed(subject: string, [was, is]: readonly [Held, Held]): Difference[] {
  if (textOf(was) === textOf(is)) return [];
  const givenUp = (from: Held, to: Held) =>
    ["when", "inside"].some(
      (key) => from.conditions[key] !== undefined && words(from.conditions[key]) !== words(to.conditions[key]),
    );
  return [
    classed({
      area: "path",
      subject,
      before: { text: textOf(was), origins: [was.origin] },
      after: { text: textOf(is), origins: [is.origin] },
      gained: givenUp(was, is) ? [is.shift] : [],
      lost: givenUp(is, was) ? [was.shift] : [],
      here: false,
    }),
  ];
}

const textOf = ({ conditions }: Held): string =>
  Object.entries(conditions)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${words(value)}`)
    .join(", ");

const words = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Object.entries(value)
        .map(([key, path]) => `${key} ${path}`)
        .join(" ")
    : String(value);

import type { Plan } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { type Area, classed, type Difference, type Shift } from "./difference.ts";
import { bytesText, durationText } from "./quantity.ts";

/** A setting that both sides have, or one: its text, and what is gained when one value takes another's place. */
interface Setting<T> {
  readonly area: Area;
  readonly subject: string;
  readonly before: Written<T>;
  readonly after: Written<T>;
  text(value: T): string;
  gains(from: T, to: T): readonly Shift[];
}

/** A value, and who wrote it; nobody, where the plan says nothing. */
interface Written<T> {
  readonly value: T;
  readonly origin?: Origin;
}

/** Everything but paths and variables: namespaces, network, capabilities, process and limits. */
export function settingDifferences(a: Plan, b: Plan): Difference[] {
  return [
    ...namespaces(a, b),
    ...compared<"none" | "host">({
      area: "network",
      subject: "network",
      before: a.network,
      after: b.network,
      text: String,
      gains: (from, to) => (from === "none" && to === "host" ? ["network"] : []),
    }),
    ...compared<Capabilities>({
      area: "capabilities",
      subject: "capabilities",
      before: a.capabilities,
      after: b.capabilities,
      text: capabilityText,
      gains: capabilityGains,
    }),
    ...processSettings(a, b),
    ...limits(a, b),
  ];
}

function compared<T>({ area, subject, before, after, text, gains }: Setting<T>): Difference[] {
  if (JSON.stringify(before.value) === JSON.stringify(after.value)) return [];
  const side = ({ value, origin }: Written<T>) => ({
    text: text(value),
    origins: origin === undefined ? [] : [origin],
  });
  const [gained, lost] = [gains(before.value, after.value), gains(after.value, before.value)];
  return [classed({ area, subject, before: side(before), after: side(after), gained, lost })];
}

/** How sure a namespace of its own is. */
const SURE = { true: 2, try: 1, false: 0 } as const;

function namespaces(a: Plan, b: Plan): Difference[] {
  return (Object.keys(a.namespaces) as (keyof Plan["namespaces"])[]).flatMap((name) =>
    compared<boolean | "try">({
      area: "namespace",
      subject: name,
      before: a.namespaces[name],
      after: b.namespaces[name],
      text: (value) => {
        if (name === "nested") return value ? "may be made inside" : "can't be made inside";
        return value === "try" ? "its own if possible" : value ? "its own" : "the host's";
      },
      gains: (from, to) => {
        const less = name === "nested" ? to === true : SURE[`${to}`] < SURE[`${from}`];
        return less ? ["isolation"] : [];
      },
    }),
  );
}

type Capabilities = Plan["capabilities"]["value"];

function capabilityText({ base, add, drop }: Capabilities): string {
  const parts = [...(base === "inherited" ? ["the caller's"] : []), ...drop.map((name) => `-${name}`), ...add];
  return parts.join(" ") || "none";
}

/** Any that the other set lacks, those that neither names included. */
function capabilityGains(from: Capabilities, to: Capabilities): readonly Shift[] {
  const has = ({ base, add, drop }: Capabilities, name: string) =>
    add.includes(name) || (base === "inherited" && !drop.includes(name));
  const named = new Set(["", ...from.add, ...from.drop, ...to.add, ...to.drop]);
  return [...named].some((name) => has(to, name) && !has(from, name)) ? ["capability"] : [];
}

type Process = Plan["process"];
type Value<Name extends keyof Process> = NonNullable<Process[Name]>["value"];
type Gains<T> = (from: T | undefined, to: T | undefined) => readonly Shift[];

const none: Gains<unknown> = () => [];

/** What is gained by each setting of the command's start; one that has no row does not compile. */
const PROCESS: { readonly [Name in keyof Process]-?: Gains<Value<Name>> } = {
  session: (from, to) => (to === "keep" && from !== "keep" ? ["terminal"] : []),
  stdin: (from, to) => (to === "inherit" && from === "none" ? ["descriptor"] : []),
  passFds: (from = [], to = []) => (to.some((fd) => !from.includes(fd)) ? ["descriptor"] : []),
  dieWithParent: (from, to) => (from && !to ? ["kept"] : []),
  cwd: none,
  hostname: none,
  uid: none,
  gid: none,
  wrapper: none,
  killAfter: none,
  arch: none,
};

function processSettings({ process: a }: Plan, { process: b }: Plan): Difference[] {
  return (Object.keys(PROCESS) as (keyof Process)[]).flatMap((name) =>
    compared<unknown>({
      area: "process",
      subject: name,
      before: comparable(a[name]),
      after: comparable(b[name]),
      text: (value) => (name === "killAfter" ? durationText(Number(value)) : plain(value)),
      gains: PROCESS[name] as Gains<unknown>,
    }),
  );
}

/** Descriptors have no order. */
function comparable(written: Written<unknown> | undefined): Written<unknown> {
  const { value } = written ?? {};
  const isNumbers = Array.isArray(value) && value.every((each) => typeof each === "number");
  return { ...written, value: isNumbers ? value.toSorted((x, y) => x - y) : value };
}

function plain(value: unknown): string {
  if (value === undefined) return "not set";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(" ");
  return String(value);
}

interface Limited {
  readonly value: number;
  readonly try: boolean;
}

const UNITS: Readonly<Record<keyof Plan["limits"], (value: number) => string>> = {
  time: durationText,
  memory: bytesText,
  tasks: String,
  cpus: String,
  cpuTime: durationText,
  openFiles: String,
  fileSize: bytesText,
  core: bytesText,
};

function limits({ limits: a }: Plan, { limits: b }: Plan): Difference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort() as (keyof Plan["limits"])[];
  return names.flatMap((name) => {
    const written = (limit: (Limited & { readonly origin: Origin }) | undefined): Written<Limited | undefined> =>
      limit === undefined
        ? { value: undefined }
        : { value: { value: limit.value, try: limit.try }, origin: limit.origin };
    return compared<Limited | undefined>({
      area: "limit",
      subject: name,
      before: written(a[name]),
      after: written(b[name]),
      text: (limit) => (limit === undefined ? "none" : `${UNITS[name](limit.value)}${limit.try ? " if possible" : ""}`),
      gains: (from, to) => {
        if (from === undefined) return [];
        return to === undefined || to.value > from.value || (to.try && !from.try) ? ["limit"] : [];
      },
    });
  });
}

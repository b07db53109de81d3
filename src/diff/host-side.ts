import { isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { classed, type Difference, type Shift, type Side } from "./difference.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a plan does beside showing files: servers it starts, what it leaves on the host, what guards the protected. */
export function hostSideDifferences(a: Sandbox, b: Sandbox): Difference[] {
  return [
    ...paired({ area: "service", shift: "service", absent: "not started" }, services(a.plan), services(b.plan)),
    ...paired({ area: "host", shift: "kept", absent: "not made" }, leftBehind(a.plan), leftBehind(b.plan)),
    // Files with several names are copied first; without that, writing reaches the other names.
    ...paired(
      { area: "host", shift: "host-write", absent: "written through", mirrored: true },
      copies(a.plan),
      copies(b.plan),
    ),
    ...unpinned(a, b),
  ];
}

interface Item {
  readonly text: string;
  readonly origin: Origin;
}

type Items = ReadonlyMap<string, Item>;

interface Pairing {
  readonly area: "service" | "host";
  readonly shift: Shift;
  /** What is said of a side that has none. */
  readonly absent: string;
  /** Having it takes away. */
  readonly mirrored?: boolean;
}

function paired({ area, shift, absent, mirrored = false }: Pairing, a: Items, b: Items): Difference[] {
  const side = (item: Item | undefined): Side =>
    item === undefined ? { text: absent, origins: [] } : { text: item.text, origins: [item.origin] };
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((subject) => {
    const [before, after] = [a.get(subject), b.get(subject)];
    if (before?.text === after?.text) return [];
    const more: Shift[] = after === undefined ? [] : [shift];
    const less: Shift[] = before === undefined ? [] : [shift];
    const [gained, lost] = mirrored ? [less, more] : [more, less];
    return [classed({ area, subject, before: side(before), after: side(after), gained, lost })];
  });
}

function services({ prepare, operations }: Plan): Items {
  return new Map(
    prepare.flatMap((step): [string, Item][] => {
      if (step.kind !== "start-api") return [];
      const at = operations
        .filter((each) => each.kind === "bind" && each.source === step.socket)
        .map((each) => each.at);
      return [[step.name, { text: `${step.command.join(" ")} at ${at.join(" ")}`, origin: step.origin }]];
    }),
  );
}

/**
 * What a run makes on the host because somebody asked for it, and leaves there: the topmost of it. Where layers are kept
 * stands at the path that they belong to.
 */
function leftBehind({ footprint, prepare }: Plan): Items {
  const made = footprint.filter(({ stays, origin }) => stays && origin.file !== "default");
  const kept = prepare.flatMap((step) => (step.kind === "keep-layer" ? [step.path] : []));
  const isBelow = (path: string) =>
    kept.some((other) => isWithin(other, path)) ||
    made.some((other) => other.path !== path && isWithin(other.path, path));
  return new Map(
    made
      .filter(({ path }) => !isBelow(path))
      .map(({ path, type, origin }) => [path, { text: `${type}, made and left`, origin }]),
  );
}

const copies = ({ prepare }: Plan): Items =>
  new Map(
    prepare.flatMap((step): [string, Item][] =>
      step.kind === "copy-hard-links" ? [[step.path, { text: "hard links copied first", origin: step.origin }]] : [],
    ),
  );

/** A directory above something guarded that is no mount point on one side: there it can be moved away with it. */
function unpinned(a: Sandbox, b: Sandbox): Difference[] {
  const pins = (sandbox: Sandbox) => sandbox.plan.operations.filter(({ kind, present }) => kind === "pin" && present);
  const places = new Set([...pins(a), ...pins(b)].map(({ at }) => at));
  return [...places].sort().flatMap((at) => {
    const [before, after] = [a, b].map((sandbox) => held(sandbox, at)) as [Held, Held];
    if (before === undefined || after === undefined || (before.pin === undefined) === (after.pin === undefined))
      return [];
    const side = ({ pin, guard }: NonNullable<Held>): Side => ({
      text: pin === undefined ? "can be moved away" : "held in place",
      origins: [(pin ?? guard).origin],
    });
    const shifts: readonly Shift[] = ["unguarded"];
    const isOpened = after.pin === undefined;
    return classed({
      area: "path",
      subject: at,
      before: side(before),
      after: side(after),
      gained: isOpened ? shifts : [],
      lost: isOpened ? [] : shifts,
    });
  });
}

type Held = { readonly pin: Operation | undefined; readonly guard: Operation } | undefined;

/** Whether a directory is a mount point; undefined where it leads to nothing that is guarded. */
function held({ plan }: Sandbox, at: string): Held {
  const present = plan.operations.filter((each) => each.present);
  const guard = present.find(
    (each) => (each.kind === "mask" || each.kind === "protect") && each.at !== at && isWithin(at, each.at),
  );
  const pin = present.findLast((each) => each.at === at && each.kind !== "dir" && each.kind !== "symlink");
  return guard && { pin, guard };
}

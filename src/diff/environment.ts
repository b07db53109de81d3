import { actsOnLoaders } from "../model/loaders.ts";
import { ancestors, isAbsolute, normalise } from "../model/path.ts";
import type { EnvironmentValue, Plan } from "../model/plan.gen.ts";
import { looksSecret } from "../model/secret.ts";
import { classed, type Difference, type Shift, type Side } from "./difference.ts";
import type { Sandbox } from "./sandbox.ts";

type Variable = Plan["env"][string];

/** Variables that come, go, or have another value. Values that look like secrets are compared, never told. */
export function environmentDifferences(a: Sandbox, b: Sandbox): Difference[] {
  const names = [...new Set([...Object.keys(a.plan.env), ...Object.keys(b.plan.env)])].sort();
  return names.flatMap((name) => {
    const [before, after] = [a.plan.env[name], b.plan.env[name]];
    if (JSON.stringify(before?.value) === JSON.stringify(after?.value)) return [];
    return classed({
      area: "environment",
      subject: name,
      before: sideOf(name, before),
      after: sideOf(name, after),
      gained: gains(name, [before, after], [a, b]),
      lost: gains(name, [after, before], [b, a]),
    });
  });
}

function gains(
  name: string,
  [before, after]: readonly [Variable | undefined, Variable | undefined],
  [from, to]: readonly [Sandbox, Sandbox],
): Shift[] {
  if (after === undefined) return [];
  const gained: Shift[] = [];
  if (typeof after.value === "object" && typeof before?.value !== "object") gained.push("variable");
  if (name === "PATH") {
    const was = writableIn(before?.value, from);
    if (writableIn(after.value, to).some((directory) => !was.includes(directory))) gained.push("loader");
  } else if (actsOnLoaders(name)) {
    gained.push("loader");
  }
  return gained;
}

/** The entries of a search path from which the command, or the one before it, could have its own programs run. */
export function writableIn(value: EnvironmentValue | undefined, { tree, host }: Sandbox): string[] {
  if (value === undefined) return [];
  const text =
    typeof value === "string" ? value : [...(value.prepend ?? []), host.env[value.from] ?? "/usr/bin"].join(":");
  return text.split(":").filter((entry) => {
    // An empty or relative one is the working directory, or below it.
    if (!isAbsolute(entry)) return true;
    const path = normalise(entry);
    const places = [path, ...ancestors(path).reverse()].map((each) => tree.walk(each));
    return places.find(({ type }) => type !== "absent")?.access === "rw";
  });
}

function sideOf(name: string, variable: Variable | undefined): Side {
  if (variable === undefined) return { text: "unset", origins: [] };
  const { value, origin } = variable;
  if (typeof value === "object") {
    const parts = [...(value.prepend ?? []), "the host's"];
    return { text: parts.join(":"), origins: [origin] };
  }
  return { text: looksSecret(name) ? "set, not shown" : JSON.stringify(value), origins: [origin] };
}

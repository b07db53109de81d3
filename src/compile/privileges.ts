import type { Leaf } from "../model/effective.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Capabilities } from "../model/profile.gen.ts";
import type { Context } from "./context.ts";
import { needsNamespace } from "./problems.ts";

type Privileges = Pick<Plan, "namespaces" | "network" | "capabilities">;

/** Namespaces, network and capabilities; and what in the profile can't be had without one of them. */
export function planPrivileges(context: Context): Privileges {
  const { effective } = context;
  const { namespaces, process } = effective;
  const user = namespaces.user.value;
  const uts = { ...namespaces.uts, name: "UTS", instead: "write `namespaces: {uts: true}`" };
  const users = { ...namespaces.user, name: "user", instead: "write `namespaces: {user: true}`" };
  require(context, "process.hostname", process.hostname, uts);
  require(context, "process.uid", process.uid, users);
  require(context, "process.gid", process.gid, users);
  if (!namespaces.nested.value && user !== true) {
    // bwrap(1): --disable-userns works by a limit in the sandbox's own user namespace, so it must be a sure one.
    const data = {
      setting: "namespaces.nested: false",
      namespace: "user",
      instead: "write `namespaces: {user: true}`, or `nested: true` to let the command make sandboxes of its own",
    };
    const { origin } = namespaces.nested.origin.line === 0 ? namespaces.user : namespaces.nested;
    context.report(needsNamespace(data, origin));
  }
  const leaf = <T>({ value, origin }: { value: T; origin: Plan["network"]["origin"] }) => ({ value, origin });
  return {
    namespaces: {
      user: leaf(namespaces.user),
      pid: leaf(namespaces.pid),
      ipc: leaf(namespaces.ipc),
      uts: leaf(namespaces.uts),
      cgroup: leaf(namespaces.cgroup),
      nested: leaf(namespaces.nested),
    },
    network: leaf(effective.network),
    capabilities: { value: capabilitySet(effective.capabilities.value), origin: effective.capabilities.origin },
  };
}

interface Namespace extends Leaf<boolean | "try"> {
  readonly name: string;
  readonly instead: string;
}

/** Told where the later of the two was written: there the author has broken what a parent had together. */
function require(
  { report }: Context,
  setting: string,
  leaf: Leaf<unknown> | undefined,
  { value, layer, origin, name: namespace, instead }: Namespace,
): void {
  if (leaf === undefined || value !== false) return;
  report(needsNamespace({ setting, namespace, instead }, layer > leaf.layer ? origin : leaf.origin));
}

/** `none`, `keep`, exactly a list, or changes to the inherited set. Sorted: a set has no order. */
function capabilitySet(capabilities: Capabilities): Plan["capabilities"]["value"] {
  if (capabilities === "none") return { base: "none", add: [], drop: [] };
  if (capabilities === "keep") return { base: "inherited", add: [], drop: [] };
  if ("add" in capabilities || "drop" in capabilities) {
    const { add = [], drop = [] } = capabilities as { add?: readonly string[]; drop?: readonly string[] };
    return { base: "inherited", add: [...add].sort(), drop: [...drop].sort() };
  }
  return { base: "none", add: [...(capabilities as readonly string[])].sort(), drop: [] };
}

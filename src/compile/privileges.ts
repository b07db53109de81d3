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
  require(context, process.hostname, namespaces.uts
    .value, "process.hostname", "UTS", "write `namespaces: {uts: true}`");
  const userHelp = "write `namespaces: {user: true}`";
  require(context, process.uid, user !== false, "process.uid", "user", userHelp);
  require(context, process.gid, user !== false, "process.gid", "user", userHelp);
  if (!namespaces.nested.value && user !== true) {
    // bwrap(1): --disable-userns works by a limit in the sandbox's own user namespace, so it must be a sure one.
    const data = {
      setting: "namespaces.nested: false",
      namespace: "user",
      instead: "write `namespaces: {nested: true}`",
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

function require(
  { report }: Context,
  leaf: { readonly origin: Plan["network"]["origin"] } | undefined,
  had: boolean,
  setting: string,
  namespace: string,
  instead: string,
): void {
  if (leaf !== undefined && !had) report(needsNamespace({ setting, namespace, instead }, leaf.origin));
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

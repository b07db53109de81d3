import { ESCAPING_CAPABILITIES } from "../model/escaping-capabilities.ts";
import type { Plan } from "../model/plan.gen.ts";
import { closed, type Item } from "./item.ts";

export const capabilities: Item = {
  id: "capabilities",
  weight: 0.7,
  title: "capabilities",
  levels:
    "0.5 for any; 1 for those that lead further; half of that in a user namespace of its own, and at least 9.0 for root's outside of one",
  because: "A process with CAP_SYS_ADMIN is not held by mounts (capabilities(7), bwrap(1) on --cap-add).",
  measure({ plan: { capabilities: set, namespaces }, host }) {
    const { base, add, drop } = set.value;
    const keeps = base === "inherited" && host.uid === 0;
    if (!keeps && add.length === 0) return closed("none");
    const leads =
      add.some((name) => ESCAPING_CAPABILITIES.has(name)) ||
      (keeps && [...ESCAPING_CAPABILITIES].some((name) => !drop.includes(name)));
    const own = namespaces.user.value === true;
    const found = [...(keeps ? ["root's", ...drop.map((name) => `without ${name}`)] : []), ...add].join(", ");
    const exposure = (leads ? 1 : 0.5) * (own ? 0.5 : 1);
    return { exposure, found, origins: [set.origin], ...(leads && !own && host.uid === 0 ? { atLeast: 9 } : {}) };
  },
};

interface Row {
  readonly name: keyof Plan["namespaces"];
  readonly weight: number;
  readonly because: string;
}

const ROWS: readonly Row[] = [
  {
    name: "user",
    weight: 0.4,
    because: "Without it the ids are the host's, and root's is root's (user_namespaces(7)).",
  },
  {
    name: "pid",
    weight: 0.3,
    because: "Without it the host's processes can be seen, signalled and outlived (bubblewrap#529).",
  },
  { name: "ipc", weight: 0.1, because: "System V memory of other programs is shared without it (ipc_namespaces(7))." },
  { name: "uts", weight: 0.05, because: "The host name tells where one is (uts_namespaces(7))." },
  { name: "cgroup", weight: 0.05, because: "The host's cgroup paths tell what runs there (cgroup_namespaces(7))." },
];

const ofItsOwn = ({ name, weight, because }: Row): Item => ({
  id: `namespaces/${name}`,
  weight,
  title: `${name} namespace`,
  levels: "0.5 if only tried for; 1 for the host's",
  because,
  measure({ plan }) {
    const { value, origin } = plan.namespaces[name];
    if (value === true) return closed("its own");
    if (value === "try") return { exposure: 0.5, found: "its own if possible", origins: [origin] };
    return { exposure: 1, found: "the host's", origins: [origin] };
  },
});

const nested: Item = {
  id: "namespaces/nested",
  weight: 0.3,
  title: "user namespaces made inside",
  levels: "1 if allowed",
  because:
    "In one of its own a process has every capability, and with them more of the kernel to attack (CVE-2021-41133).",
  measure({ plan: { namespaces } }) {
    const { value, origin } = namespaces.nested;
    return value ? { exposure: 1, found: "allowed", origins: [origin] } : closed("not allowed");
  },
};

export const namespaceItems: readonly Item[] = [...ROWS.map(ofItsOwn), nested];

import { manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<Record<string, never>>({
  id: "ns/ipc-missing",
  severity: "warning",
  about: "settings",
  title: "System V shared memory, semaphores and message queues of the host are shared.",
  why: "Programs outside that use them (databases, X clients with MIT-SHM) can be read and disturbed by their keys.",
  sources: [manual("ipc_namespaces(7)"), manual("svipc(7)")],
  fix: "Take `ipc: false` out.",
  bad: { profile: "version: 1\nextends: [base]\nnamespaces: {ipc: false}\n" },
  good: { profile: "version: 1\nextends: [base]\nnamespaces: {ipc: true}\n" },
  message: () => "shared memory and message queues of other programs are in reach",
  help: () => "take `ipc: false` out",
  *check({ plan }) {
    const { value, origin } = plan.namespaces.ipc;
    if (!value) yield { data: {}, at: origin };
  },
});

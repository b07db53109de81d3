import { manual, peer } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { defineRule } from "../../rule.ts";

const PLACE = ["/dev/shm"];

export const rule = defineRule<Record<string, never>>({
  id: "dev/shm-host",
  severity: "warning",
  title: "The host's /dev/shm can be written.",
  why: "Programs outside share memory by names there; whoever writes to it changes what they read.",
  sources: [peer.aiJail("its host_shm setting"), manual("shm_overview(7)")],
  fix: "Take it out: the sandbox has a /dev/shm of its own (`tmpfs: {/dev/shm: {size: 256M}}` makes it larger or smaller).",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /dev/shm: rw\n" },
  good: { profile: "version: 1\nextends: [base]\ntmpfs:\n  /dev/shm: {size: 256M}\n" },
  message: () => "the host's /dev/shm can be written: programs outside read their shared memory there",
  help: () => "take this entry out: the sandbox has a /dev/shm of its own",
  *check(facts) {
    for (const { operation } of writesAny(facts, PLACE)) yield { data: {}, at: operation.origin };
  },
});

import { manual, peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<Record<string, never>>({
  id: "ns/root-inside",
  severity: "info",
  about: "settings",
  title: "The command believes to be root (user id 0 inside).",
  why: "Programs behave differently for root: package managers drop to other users, tar sets owners, ssh refuses files. With `nested` it has root's capabilities in a namespace of its own.",
  sources: [peer.sandboxRuntime("notes on root"), manual("user_namespaces(7)")],
  fix: "Leave `process.uid` out, or give it your own.",
  bad: { profile: "version: 1\nextends: [base]\nprocess: {uid: 0, gid: 0}\n" },
  good: { profile: "version: 1\nextends: [base]\nprocess: {uid: 1000, gid: 1000}\n" },
  message: () => "the command believes to be root, and many programs then do something else",
  help: () => "take `uid: 0` out",
  *check({ plan }) {
    const { uid } = plan.process;
    if (uid?.value === 0) yield { data: {}, at: uid.origin };
  },
});

import { manual, peer } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { runtimesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ directory: string }>({
  id: "sock/runtime-dir",
  severity: "error",
  title: "The whole of /run, or of the user's runtime directory, is shown.",
  why: "It holds the session bus, agents, the keyring, PipeWire, the compositor, and tomorrow something that is not there today. A read-only mount keeps none of them closed.",
  sources: [peer.aiJail("the runtime directory is never mounted"), manual("unix(7)")],
  fix: "Mount the single sockets that are needed.",
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}": ro\n' },
  good: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/acme.sock": ro?\n' },
  message: ({ directory }) => `all of ${directory} is shown, with every socket in it`,
  help: () => "mount the single sockets that are needed instead",
  *check(facts) {
    const whole = ["/run", ...runtimesOf(facts)];
    for (const { operation, paths } of reachesAny(facts, whole)) {
      const directory = whole.find((path) => paths.includes(path));
      if (directory !== undefined) yield { data: { directory: short(facts.host, directory) }, at: operation.origin };
    }
  },
});

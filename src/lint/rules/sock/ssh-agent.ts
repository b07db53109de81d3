import { flatpakLint, issue } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/ssh-agent",
  severity: "warning",
  title: "The socket of the caller's ssh agent can be reached.",
  why: "Anybody who talks to the agent signs in as you, with every key that it holds, wherever they are known.",
  sources: [flatpakLint("finish-args-has-socket-ssh-auth"), issue("docker/sbx-releases", 121)],
  fix: "Use a deploy key that opens one repository, or an agent with that key alone.",
  varies: true,
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/keyring/ssh": ro\n' },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.ssh/known_hosts: ro?\n" },
  message: ({ paths }) => `${paths} can be reached: whoever talks to the ssh agent signs in as you`,
  help: (told) => helpOf(told, "take this entry out, or start an agent that holds a deploy key alone"),
  *check(facts) {
    const { plan, tree } = facts;
    const value = plan.env.SSH_AUTH_SOCK?.value;
    // Wherever it is mounted: what the variable names is the agent.
    const named = typeof value === "string" ? tree.walk(value).host : undefined;
    const known = socketsOf(facts).sshAgent;
    for (const exposure of reachesAny(facts, known, named === undefined ? [] : [named]))
      yield toldToHide(facts, exposure);
  },
});

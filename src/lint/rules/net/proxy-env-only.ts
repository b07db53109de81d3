import { peer } from "../../evidence.ts";
import { inheriting } from "../../inheriting.ts";
import { isChosen } from "../../places.ts";
import { PROXY_VARIABLES } from "../../proxy-variables.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ names: string }>({
  id: "net/proxy-env-only",
  severity: "warning",
  about: "settings",
  title: "A proxy is set by a variable while the host's network is shared; a variable of the caller's is an info.",
  why: "The variable is a request: programs that don't know it, or that have a reason not to heed it, connect directly. A filter that can be walked around is none.",
  sources: [peer.fence("the warning on `*`")],
  fix: "Give the sandbox a network of its own and reach the proxy by a socket that is mounted, or say that the proxy is no filter.",
  bad: { profile: 'version: 1\nextends: [base]\nnetwork: host\nenv:\n  set: {HTTPS_PROXY: "http://127.0.0.1:3128"}\n' },
  good: { profile: 'version: 1\nextends: [base]\nenv:\n  set: {HTTPS_PROXY: "http://127.0.0.1:3128"}\n' },
  message: ({ names }) => `a proxy is asked for by ${names}, and nothing keeps programs from going past it`,
  help: () => "write `network: none` and mount the proxy's socket, or accept it with a reason: the proxy is no filter",
  *check(facts) {
    const { network, env } = facts.plan;
    if (network.value !== "host") return;
    // A built-in offers its flag set to everybody: who leaves it off has a network of the sandbox's own.
    const { file, flag } = network.origin;
    if (flag !== undefined && file.startsWith("builtin:") && !isChosen(facts, network.origin)) return;
    const everything = inheriting(facts.effective);
    const asked = PROXY_VARIABLES.flatMap((name) => {
      const variable = env[name];
      // Where all of the environment is kept, `env/inherit-all` says so.
      return !variable?.value || everything.has(variable.origin) ? [] : [{ name, ...variable }];
    });
    const set = asked.find(({ value }) => typeof value === "string");
    const at = (set ?? asked[0])?.origin;
    if (at === undefined) return;
    // Nobody says of a proxy that the caller happens to need that it is a filter.
    const severity = set === undefined ? "info" : "warning";
    yield { data: { names: listed(asked.map(({ name }) => name)) }, at, severity };
  },
});

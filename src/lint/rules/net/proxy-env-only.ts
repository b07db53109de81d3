import { peer } from "../../evidence.ts";
import { isChosen } from "../../places.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

/** Variables that ask programs to go by way of a proxy: curl(1) and what follows it, npm, pip and Cargo. */
const PROXIES = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "npm_config_proxy",
  "npm_config_https_proxy",
  "PIP_PROXY",
  "CARGO_HTTP_PROXY",
];

export const rule = defineRule<{ names: string }>({
  id: "net/proxy-env-only",
  severity: "warning",
  about: "settings",
  title: "A proxy is set by a variable while the host's network is shared.",
  why: "The variable is a request: programs that don't know it, or that have a reason not to heed it, connect directly. A filter that can be walked around is none. A caller's own proxy that is passed on says nothing of a filter.",
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
    const set = PROXIES.filter((name) => typeof env[name]?.value === "string" && env[name].value !== "");
    const at = env[set[0] ?? ""]?.origin;
    if (at !== undefined) yield { data: { names: listed(set) }, at };
  },
});

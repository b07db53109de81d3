import { peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];

export const rule = defineRule<{ names: string }>({
  id: "net/proxy-env-only",
  severity: "warning",
  about: "settings",
  title: "A proxy is set by a variable while the host's network is shared.",
  why: "The variable is a request: programs that don't know it, or that have a reason not to heed it, connect directly. A filter that can be walked around is none.",
  sources: [peer.fence("the warning on `*`")],
  fix: "Give the sandbox a network of its own and reach the proxy by a socket that is mounted, or say that the proxy is no filter.",
  bad: { profile: 'version: 1\nextends: [base]\nnetwork: host\nenv:\n  set: {HTTPS_PROXY: "http://127.0.0.1:3128"}\n' },
  good: { profile: "version: 1\nextends: [base]\nnetwork: none\n" },
  message: ({ names }) => `a proxy is asked for by ${names}, and nothing keeps programs from going past it`,
  help: () => "write `network: none` and mount the proxy's socket, or accept it with a reason: the proxy is no filter",
  *check({ plan }) {
    if (plan.network.value !== "host") return;
    const set = PROXIES.filter((name) => typeof plan.env[name]?.value === "string" && plan.env[name].value !== "");
    const origin = plan.env[set[0] ?? ""]?.origin;
    if (origin !== undefined) yield { data: { names: listed(set) }, at: origin };
  },
});

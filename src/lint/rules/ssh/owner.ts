import { issue, manual } from "../../evidence.ts";
import { showsAny } from "../../exposure.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ paths: string }>({
  id: "ssh/owner",
  severity: "info",
  about: "settings",
  title: "ssh's configuration of the system is shown in a user namespace, where it belongs to nobody.",
  why: "ssh refuses a configuration file whose owner is neither root nor the user. In a user namespace root's files belong to 65534, and ssh stops with `Bad owner or permissions`.",
  sources: [issue("RisorseArtificiali/lince", 77), manual("user_namespaces(7)")],
  fix: "Leave /etc/ssh out, or bring a configuration of the sandbox's own (`files: {/etc/ssh/ssh_config: {content: …}}`).",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /etc/ssh/ssh_config: ro\n" },
  good: { profile: 'version: 1\nextends: [base]\nfiles:\n  /etc/ssh/ssh_config: {content: "Host *\\n"}\n' },
  message: ({ paths }) => `inside, nobody owns ${paths}: ssh stops with \`Bad owner or permissions\``,
  help: () => "take it out, or write a configuration of the sandbox's own under `files`",
  *check(facts) {
    const { plan, host, machine } = facts;
    // Root is root inside as well, and then its files are its own.
    if (plan.namespaces.user.value === false || (machine !== undefined && host.uid === 0)) return;
    const places = ["/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d"];
    const shown = places.filter((path) => facts.tree.walk(path).content === "host");
    for (const { operation, paths } of showsAny(facts, shown)) {
      yield { data: { paths: listed(paths) }, at: operation.origin };
    }
  },
});

import { ESCAPING_CAPABILITIES } from "../../../model/escaping-capabilities.ts";
import { bubblewrapManual, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ what: string; escaping: string }>({
  id: "cap/any",
  severity: "error",
  about: "settings",
  title: "The command keeps or gets capabilities.",
  why: "CAP_SYS_ADMIN mounts and unmounts, CAP_SYS_PTRACE enters other processes, CAP_DAC_READ_SEARCH opens any file by its handle: most lead to all others. In a user namespace of its own they reach less, and more of the kernel than nothing does.",
  sources: [bubblewrapManual, manual("capabilities(7)")],
  fix: "Write `capabilities: none` (the default).",
  bad: { profile: "version: 1\nextends: [base]\ncapabilities: [CAP_SYS_ADMIN]\n" },
  good: { profile: "version: 1\nextends: [base]\ncapabilities: none\n" },
  message: ({ what, escaping }) =>
    `the command has ${what}${escaping === "" ? "" : `; ${escaping} lead out of the sandbox`}`,
  help: () => "write `capabilities: none`, or list the ones that are needed",
  *check({ plan }) {
    const { value, origin } = plan.capabilities;
    if (value.base === "none" && value.add.length === 0) return;
    const inherited =
      value.base === "inherited"
        ? [`the caller's capabilities${value.drop.length > 0 ? ` without ${listed(value.drop)}` : ""}`]
        : [];
    const escaping = [...ESCAPING_CAPABILITIES].filter(
      (name) => value.add.includes(name) || (value.base === "inherited" && !value.drop.includes(name)),
    );
    yield { data: { what: listed([...inherited, ...value.add]), escaping: listed(escaping) }, at: origin };
  },
});

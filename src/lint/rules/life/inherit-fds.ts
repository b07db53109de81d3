import { cve, measured } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ fds: string; count: number }>({
  id: "life/inherit-fds",
  severity: "error",
  about: "settings",
  title: "Open descriptors of the caller are handed to the command.",
  why: "A descriptor is a way past every mount: through one of a directory the command opens what lies there on the host. sbx refuses a directory as standard input, output or error by itself.",
  sources: [
    cve("CVE-2024-21626"),
    measured("through an inherited descriptor of /root its files could be listed below a tmpfs over /root"),
  ],
  fix: "Take `passFds` out. A socket for the command can be mounted, or be made by `apis`.",
  bad: { profile: "version: 1\nextends: [base]\nprocess: {passFds: [3]}\n" },
  good: { profile: "version: 1\nextends: [base]\nprocess: {stdin: none}\n" },
  message: ({ fds, count }) =>
    `the command gets the caller's open ${count > 1 ? `descriptors ${fds}: ways` : `descriptor ${fds}: a way`} past every mount`,
  help: () => "take `passFds` out, or accept it with a reason under `lint.ignore`",
  *check({ plan: { process } }) {
    const { value, origin } = process.passFds;
    if (value.length > 0) yield { data: { fds: listed(value.map(String)), count: value.length }, at: origin };
  },
});

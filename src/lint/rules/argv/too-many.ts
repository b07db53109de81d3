import { DEFAULT_ORIGIN } from "../../../model/source.ts";
import { issue, measured } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

/** bwrap's own limit is 9000, the command's words included. */
const MOST = 8500;

const wide = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `  /srv/data/${from + index}: ro\n`).join("");

export const rule = defineRule<{ count: number }>({
  id: "argv/too-many",
  severity: "error",
  title: "The plan comes to more than 8500 arguments of bwrap, whose limit is 9000.",
  why: "bwrap counts what it reads by `--args` as well, and the command's own words: `sbx run -- cc *.c` fails long before the shell complains. Hundreds of mounts are slow, too, for each one reads the list of all that are there.",
  sources: [
    issue("containers/bubblewrap", 391),
    measured("`Exceeded maximum number of arguments 9000`; 2900 mounts take 14 seconds"),
  ],
  fix: "Mount directories instead of the files in them.",
  bad: { profile: `version: 1\nmounts:\n${wide(1, 2840)}`, where: "2840 mounts, of which the page shows the first" },
  good: { profile: "version: 1\nmounts:\n  /srv/data: ro?\n" },
  message: ({ count }) => `the plan comes to ${count} arguments of bwrap, whose limit is 9000`,
  help: () => "mount directories instead of the files in them",
  *check({ outside: { argumentCount: count } }) {
    if (count > MOST) yield { data: { count }, at: DEFAULT_ORIGIN };
  },
});

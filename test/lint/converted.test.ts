import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nodeHost } from "../../src/host/node.ts";
import { lintProfile } from "../../src/linting/index.ts";
import { TODAY } from "./example.ts";

const CONVERTED = fileURLToPath(new URL("converted/", import.meta.url));
const host = nodeHost();

const textOf = (name: string, file: string): string => readFileSync(`${CONVERTED}${name}/${file}`, "utf8");

/** What lint says of a profile on the machine that it assumes: `LINE RULE SEVERITY`, with the file for what a built-in wrote. */
async function findingsOf(name: string): Promise<string[]> {
  const { broken, problems, findings } = await lintProfile({ profile: `${CONVERTED}${name}/profile.yml` }, host, {
    today: TODAY,
    offline: true,
  });
  expect(broken).toBe(false);
  const told = [...problems, ...findings.map(({ problem }) => problem)];
  return told.map(({ file, line, rule, severity }) => `${file.startsWith("/") ? line : file} ${rule} ${severity}`);
}

/**
 * Configurations of other sandboxes, as profiles: compose files, coding agents' settings, wrapper scripts around bwrap,
 * permissions of Flatpak and firejail, units of systemd. `findings.txt` says what lint has to tell of each, and no more.
 */
describe("converted configurations", () => {
  const names = readdirSync(CONVERTED).sort();

  it.each(names)("%s", async (name) => {
    expect(await findingsOf(name)).toEqual(textOf(name, "findings.txt").split("\n").filter(Boolean));
  });

  it("are many, named for what they were, and say so in their first line", () => {
    expect(names.length).toBeGreaterThanOrEqual(30);
    for (const name of names) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(textOf(name, "profile.yml")).toMatch(/^# \S.{20,}\n/);
      expect(readdirSync(CONVERTED + name).sort()).toEqual(["findings.txt", "profile.yml"]);
    }
  });

  it("hold some of which there is nothing to tell", () => {
    const silent = names.filter((name) => textOf(name, "findings.txt") === "");
    expect(silent.length).toBeGreaterThanOrEqual(6);
  });
});

import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";
import { descriptors } from "./descriptors.ts";
import { environment } from "./environment.ts";
import { exitCodes } from "./exit-codes.ts";
import { limits } from "./limits.ts";
import type { Chapter } from "./promise.ts";
import { signals } from "./signals.ts";
import { terminal } from "./terminal.ts";
import { time } from "./time.ts";
import { traces } from "./traces.ts";

const CHAPTERS: readonly Chapter[] = [exitCodes, signals, terminal, environment, descriptors, time, limits, traces];

const installed = install();
afterAll(installed.remove);

describe.each(runners())("with $bwrap, as $user", ({ bwrap, user }) => {
  describe.each(CHAPTERS)("$title", ({ promises }) => {
    it.for(promises)("$promise ($proof)", async ({ look, seen, needs, proof }, { skip }) => {
      const world = { room: installed.room(user, bwrap), user };
      const missing = needs?.(world);
      if (missing !== undefined) {
        console.warn(`NOT TRIED as ${user}: ${proof}: ${missing}`);
        skip(missing);
      }
      expect(await look(world)).toBe(seen);
    });
  });
});

it("is what docs/running.md says", async () => {
  await expect(page()).toMatchFileSnapshot("../../docs/running.md");
});

function page(): string {
  const head = [
    "# Running a command",
    "",
    "`sbx run` behaves, towards its caller and towards the command, as if the command had been started directly, and",
    "nothing outlives it. Each row below is tried as root and as an ordinary user, with every bubblewrap that the tests",
    "know; this page is written by those tests (`test/running/`).",
  ];
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const chapters = CHAPTERS.flatMap(({ title, text, promises }) => [
    "",
    `## ${title}`,
    "",
    text,
    "",
    "| promise | tried with | seen |",
    "|---|---|---|",
    ...promises.map(({ promise, proof, seen }) => `| ${cell(promise)} | ${cell(proof)} | ${cell(seen)} |`),
  ]);
  return `${[...head, ...chapters].join("\n")}\n`;
}

import { defineProblem, type ProblemMaker } from "../model/problem.ts";
import type { PathClaimKind } from "./claim.ts";

/** A claim about a path that isn't true. */
interface Refuted {
  readonly path: string;
  /** What is there instead, as part of a sentence. */
  readonly found: string;
  /** The next thing to write. */
  readonly fix: string | undefined;
  /** Who found that out: the simulation, or a look into the running sandbox. */
  readonly by: "simulation" | "sandbox";
}

const refuted = (kind: PathClaimKind, when: string) =>
  defineProblem<Refuted>({
    id: `test/${kind}`,
    severity: "error",
    when,
    message: ({ path, found, by }) =>
      `${path} is not ${kind}: ${by === "sandbox" ? "in the running sandbox " : ""}${found}`,
    help: ({ fix }) => fix,
  });

export const notHidden = refuted("hidden", "A test claims that a path is absent or masked, and it is neither.");
export const notAbsent = refuted("absent", "A test claims that nothing stands at a path, and something does.");
export const notMasked = refuted("masked", "A test claims that a path is masked, and it isn't.");
export const notReadable = refuted("readable", "A test claims that a path can be read, and it can't.");
export const notReadonly = refuted(
  "readonly",
  "A test claims that a path can be read and that no mount lets it be written, and that isn't so.",
);
export const notWritable = refuted("writable", "A test claims that a path can be written, and it can't.");
export const notDevice = refuted("device", "A test claims that a path is a device node that works, and it isn't.");

/** The problem of each kind of claim about a path. */
export const refutations: Readonly<Record<PathClaimKind, ProblemMaker<Refuted>>> = {
  hidden: notHidden,
  absent: notAbsent,
  masked: notMasked,
  readable: notReadable,
  readonly: notReadonly,
  writable: notWritable,
  device: notDevice,
};

export const otherVariable = defineProblem<{ name: string; found: string; expected: string; fix: string }>({
  id: "test/env",
  severity: "error",
  when: "A test claims a value of a variable, or that it isn't set, and the command would find something else.",
  message: ({ name, found, expected }) => `${name} ${found}; the test wants ${expected}`,
  help: ({ fix }) => fix,
});

export const otherNetwork = defineProblem<{ expected: string; found: string }>({
  id: "test/network",
  severity: "error",
  when: "A test claims a network that the sandbox doesn't have.",
  message: ({ expected, found }) => `the network is ${found}; the test wants ${expected}`,
  help: ({ expected }) => `write \`network: ${expected}\``,
});

export const otherExit = defineProblem<{ found: string; code: number; said: string }>({
  id: "test/exit",
  severity: "error",
  when: "A test's command ends in another way than the test claims.",
  message: ({ found, code, said }) => `the command ${found}; the test wants ${code}${said === "" ? "" : `: ${said}`}`,
  help: () => "see all it says: sbx run -- and the command",
});

export const otherOutput = defineProblem<{ found: string; expected: string; fix: string | undefined }>({
  id: "test/stdout",
  severity: "error",
  when: "A test's command writes something else to standard output than the test claims.",
  message: ({ found, expected }) => `the command wrote ${found}; the test wants ${expected}`,
  help: ({ fix }) => fix,
});

export const contradiction = defineProblem<{ what: string; simulated: string; found: string }>({
  id: "test/defect",
  severity: "error",
  when: "The simulation and the running sandbox disagree: a defect of sbx, or of the machine, not of the profile.",
  message: ({ what, simulated, found }) =>
    `sbx contradicts itself about ${what}: the simulation says that ${simulated}, the running sandbox that ${found}`,
  help: () =>
    "this is a defect of sbx, not of the profile, unless the host changed meanwhile: run it again, then report it " +
    "with the output of sbx plan --json",
});

export const notTried = defineProblem<{ why: string }>({
  id: "test/not-tried",
  severity: "error",
  when: "The sandbox of a test could not be made, or sbx was stopped, so that nothing could be tried in it.",
  message: ({ why }) => `this test could not be tried: ${why}`,
  help: () => "see whether it starts: sbx run -- true",
});

export const patternClaimed = defineProblem<{ path: string }>({
  id: "test/pattern",
  severity: "error",
  when: "A test names a path with `*` in it. A pattern that matches nothing would hold, and prove nothing.",
  message: ({ path }) => `${path} is a pattern; a test names one path at a time`,
  help: () => "write the paths that matter, one by one",
});

export const commandMissing = defineProblem<{ claim: string }>({
  id: "test/no-command",
  severity: "error",
  when: "A test claims an exit code or an output without a command.",
  message: ({ claim }) => `\`${claim}\` says something of a command, and the test has none`,
  help: () => "write `run: [PROGRAM, …]` beside it",
});

export const claimsNothing = defineProblem<{ name: string }>({
  id: "test/no-claim",
  severity: "error",
  when: "A test claims nothing, so that it would hold whatever the sandbox is like.",
  message: ({ name }) => `the test ${JSON.stringify(name)} claims nothing`,
  help: () => "write for example `hidden: [~/.ssh]`",
});

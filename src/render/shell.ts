import type { EnvironmentValue, Input, InputPart, Invocation } from "../model/invocation.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Problem, Result } from "../model/problem.ts";
import { looksSecret } from "../model/secret.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { isRunPath } from "../tree/index.ts";
import { needsSbx, oddVariable, tooManyInputs } from "./problems.ts";
import { quote } from "./quote.ts";

/**
 * A bwrap call as text for a POSIX shell: pasted, it does what `sbx run` does. Host variables appear as `$NAME`. What
 * needs a directory of its own for the run (inputs, scratch) makes it and removes it in a trap.
 */
export function renderShell(invocation: Invocation, plan: Plan, options: { readonly redact: boolean }): Result<string> {
  const problems = unrenderable(plan, invocation);
  if (problems.length > 0) return { value: undefined, problems };
  const scratch = plan.prepare.flatMap((step) => (step.kind === "scratch" ? [step.path] : []));
  const { inputs, args } = withoutVariables(invocation, options.redact);
  const env = Object.entries(invocation.env).map(
    ([name, value]) => `${name}=${valueText(name, value, options.redact)}`,
  );
  const stdin = plan.process.stdin.value === "none" ? ["</dev/null"] : [];
  const words = ["env -i", ...env, called(invocation), ...grouped(args), ...stdin, ...inputs.map(redirection)];
  const command = words.join(" \\\n  ");
  const files = inputs.filter((input) => textOf(input) !== "");
  if (files.length === 0 && scratch.length === 0) return { value: `${command}\n`, problems: [] };
  const lines = [
    '( run=$(mktemp -d) || exit 125; trap \'rm -rf -- "$run"\' EXIT; trap "exit 143" TERM; trap "exit 130" INT',
    ...scratch.map((path) => `mkdir -m 755 -- ${inRun(path)} || exit 125`),
    ...files.map((input) => `printf %s ${quote(textOf(input))} >"$run/${input.fd}"`),
    `${command} )`,
  ];
  return { value: `${lines.join("\n")}\n`, problems: [] };
}

/** bwrap, with what is to become it in front. */
const called = ({ before = [], file }: Invocation): string => [...before, file].map(quote).join(" ");

function unrenderable(plan: Plan, invocation: Invocation): Problem[] {
  const steps = plan.prepare.filter((step) => !(step.kind === "scratch" && step.below === undefined));
  const problems = steps.map((step) =>
    needsSbx({ step: step.kind, path: "path" in step ? step.path : step.socket }, step.origin),
  );
  const odd = Object.keys(plan.env).filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  problems.push(...odd.map((name) => oddVariable({ name }, plan.env[name]?.origin ?? DEFAULT_ORIGIN)));
  const highest = Math.max(0, ...invocation.inputs.map((input) => input.fd));
  if (highest > 9) {
    problems.push(tooManyInputs({ count: invocation.inputs.length }, { file: "command-line", line: 0, column: 0 }));
  }
  return problems;
}

/** The `--args` input of a rendered call is written out: in a shell its variables can't be anywhere else. */
function withoutVariables(
  invocation: Invocation,
  redact: boolean,
): { inputs: readonly Input[]; args: readonly Word[] } {
  const end = invocation.args.indexOf("--");
  const at = invocation.args.lastIndexOf("--args", end);
  // What the command's own words say is for the command.
  const words = invocation.args.map((text, index): Word => ({ text: index < end ? inRun(text) : quote(text) }));
  if (at < 0 || at > end) return { inputs: invocation.inputs, args: words };
  const fd = Number(invocation.args[at + 1]);
  const content = invocation.inputs.find((input) => input.fd === fd)?.content ?? "";
  const variables = setenvWords(typeof content === "string" ? [content] : content, redact);
  return {
    inputs: invocation.inputs.filter((input) => input.fd !== fd),
    args: [...words.slice(0, at), ...variables, ...words.slice(at + 2)],
  };
}

interface Word {
  /** Quoted already. */
  readonly text: string;
}

function setenvWords(parts: readonly InputPart[], redact: boolean): Word[] {
  const words: { text: string; refers: boolean }[] = [{ text: "", refers: false }];
  const add = (text: string, refers: boolean): void => {
    const last = words.pop();
    words.push({ text: `${last?.text}${text}`, refers: refers || last?.refers === true });
  };
  for (const part of parts) {
    if (typeof part !== "string") {
      add(referenceText(part), true);
      continue;
    }
    part.split("\0").forEach((piece, index) => {
      if (index > 0) words.push({ text: "", refers: false });
      if (piece !== "") add(quote(piece), false);
    });
  }
  words.pop();
  return words.map(({ text, refers }, index) => {
    if (text === "") return { text: quote("") };
    const name = index % 3 === 2 ? words[index - 1]?.text : undefined;
    return { text: name !== undefined && !refers && isHidden(name, redact) ? hidden(name) : text };
  });
}

const isHidden = (name: string, redact: boolean): boolean => redact || looksSecret(name);

/** The value is not shown: the shell must have it. */
const hidden = (name: string): string => `"\${${name}:?}"`;

function valueText(name: string, value: EnvironmentValue, redact: boolean): string {
  if (typeof value === "string") return isHidden(name, redact) && value !== "" ? hidden(name) : quote(value);
  return referenceText(value);
}

/** No colon before nothing: an empty part of a search path means the working directory. */
const referenceText = ({ from, prepend = [] }: Exclude<EnvironmentValue, string>): string =>
  prepend.length === 0 ? `"$${from}"` : `${quote(prepend.join(":"))}"\${${from}:+:$${from}}"`;

const textOf = ({ content }: Input): string => (typeof content === "string" ? content : "");

const redirection = (input: Input): string =>
  textOf(input) === "" ? `${input.fd}</dev/null` : `${input.fd}<"$run/${input.fd}"`;

/** `{run}/NAME` stands for a place in the directory that the script makes. */
const inRun = (text: string): string =>
  isRunPath(text) ? `"$run"/${quote(text.slice("{run}/".length))}` : quote(text);

/** One option with its values a line; the command's words stay together. */
function grouped(args: readonly Word[]): string[] {
  const end = args.findIndex((word) => word.text === "--");
  const lines: string[] = [];
  let last = -1;
  args.slice(0, end).forEach(({ text }, index) => {
    if (text.startsWith("--") && index > last) {
      lines.push(text);
      last = index + valuesOf(text);
    } else lines[lines.length - 1] += ` ${text}`;
  });
  return [
    ...lines,
    args
      .slice(end)
      .map((word) => word.text)
      .join(" "),
  ];
}

/** How many words follow an option of bwrap, so that a value that looks like an option isn't taken for one. */
function valuesOf(option: string): number {
  if (/^--((ro-|dev-)?bind|symlink|setenv|ro-bind-data)$/.test(option)) return 2;
  if (/^--(unshare-.*|disable-userns|die-with-parent|new-session)$/.test(option)) return 0;
  return 1;
}

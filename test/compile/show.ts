import type { EnvironmentValue, Invocation } from "../../src/model/invocation.ts";
import type { FootprintEntry, Operation, Plan, Step } from "../../src/model/plan.gen.ts";
import type { Origin } from "../../src/model/source.ts";
import { PROJECT } from "./case.ts";

/** A plan as a case shows it: one line an operation or step, and each setting that somebody wrote. */
export function showPlan(plan: Plan): string {
  const sections: Record<string, string[]> = {
    operations: plan.operations.map((operation) => line(showOperation(operation), operation.origin)),
    prepare: plan.prepare.map((step) => line(showStep(step), step.origin)),
    footprint: plan.footprint.map(showMade),
    settings: settings(plan),
    warnings: plan.warnings.map(({ rule, message, origin }) => line(`${rule}: ${message}`, origin)),
  };
  return Object.entries(sections)
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => `${name}\n${lines.map((text) => `  ${text}\n`).join("")}`)
    .join("\n");
}

export function showOperation(operation: Operation): string {
  const { at, kind, present } = operation;
  return [kind, text(at), ...details(operation), ...(present ? [] : ["(absent)"])].join(" ");
}

function details(operation: Operation): string[] {
  switch (operation.kind) {
    case "bind": {
      const type = operation.type === "directory" || operation.type === undefined ? [] : [operation.type];
      return [...from(operation), operation.access, ...type];
    }
    case "overlay":
      return [
        ...from(operation),
        ...(operation.keep === undefined ? [] : [`keep ${text(operation.keep)}`]),
        ...(operation.mode === undefined ? [] : [operation.mode]),
        ...(operation.place === undefined ? [] : [`at ${text(operation.place)}`]),
      ];
    case "pin":
    case "protect":
      return from(operation);
    case "mask":
      return [...from(operation), operation.type];
    case "tmpfs":
      return [operation.mode, ...(operation.size === undefined ? [] : [`size ${operation.size}`])];
    case "dir":
      return [operation.mode, ...(operation.implied ? ["implied"] : [])];
    case "file":
      return [operation.mode, JSON.stringify(operation.content)];
    case "symlink":
      return ["->", text(operation.target)];
    case "proc":
    case "dev":
    case "mqueue":
    case "remount-ro":
      return [];
  }
}

const from = ({ at, source }: { at: string; source: string }): string[] =>
  source === at ? [] : ["from", text(source)];

function showStep(step: Step): string {
  switch (step.kind) {
    case "make-directory":
      return `make-directory ${text(step.path)} ${step.mode}`;
    case "make-file":
    case "mount-tmpfs":
    case "copy-hard-links":
      return `${step.kind} ${text(step.path)}`;
    case "mount-point":
      return `mount-point ${text(step.path)} ${step.type}`;
    case "scratch":
      return `scratch ${text(step.path)}${step.below === undefined ? "" : ` below ${text(step.below)}`}`;
    case "keep-layer":
      return [
        `keep-layer ${text(step.path)} of ${text(step.source)} for ${step.format}`,
        ...step.through.map((place) => `with ${text(place)}`),
      ].join(" ");
    case "mount-overlay": {
      const keep = step.keep === undefined ? "" : ` keep ${text(step.keep)}`;
      return `mount-overlay ${text(step.path)} of ${text(step.source)} by ${step.program ?? step.by}${keep}`;
    }
    case "make-node":
      return `make-node ${text(step.path)} like ${text(step.source)}`;
    case "start-api":
      return `start-api ${step.name} at ${text(step.socket)} within ${step.ready} ms: ${step.command.join(" ")}`;
  }
}

const showMade = ({ path, type, stays }: FootprintEntry): string =>
  `${type} ${text(path)}${stays ? ", which stays" : ""}`;

function settings(plan: Plan): string[] {
  const { process, namespaces, network, capabilities, limits, env } = plan;
  const groups: Record<string, Record<string, { value: unknown; origin: Origin; try?: boolean }>> = {
    process,
    limits,
    namespaces,
    "": { network, capabilities },
  };
  const lines = Object.entries(groups).flatMap(([group, leaves]) =>
    Object.entries(leaves)
      .filter(([name, { origin }]) => origin.line !== 0 || name === "cwd")
      .map(([name, { value, origin, ...rest }]) => {
        const full = group === "" ? name : `${group}.${name}`;
        const shown = full === "capabilities" ? capabilityText(plan) : JSON.stringify(value);
        return line(`${full} ${shown}${rest.try === true ? " try" : ""}`, origin);
      }),
  );
  const variables = Object.entries(env).map(([name, { value, origin }]) =>
    line(`env ${text(name)} ${showValue(value)}`, origin),
  );
  return [...lines, ...variables];
}

function capabilityText({ capabilities: { value } }: Plan): string {
  return [value.base, ...value.add.map((name) => `+${name}`), ...value.drop.map((name) => `-${name}`)].join(" ");
}

function showValue(value: EnvironmentValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  return [...(value.prepend ?? []).map((item) => JSON.stringify(item)), `$${value.from}`].join(" : ");
}

function line(what: string, { file, line: row, column, flag }: Origin): string {
  if (row === 0 && file === "default") return what;
  const name = file.startsWith(`${PROJECT}/`) ? file.slice(PROJECT.length + 1) : file;
  return `${what}  # ${name}:${row}:${column}${flag === undefined ? "" : ` (${flag})`}`;
}

/** As it is, unless something in it could be misread. */
const text = (path: string): string => (/^[\w@%+=:,./{}*~-]+$/.test(path) ? path : JSON.stringify(path));

const NO_VALUE = /^--(unshare-.*|disable-userns|die-with-parent|new-session)$/;
const TWO_VALUES = /^--(ro-bind|dev-bind|bind|symlink|setenv|ro-bind-data|chmod)$/;

/** A bwrap call as a case shows it: what it starts with, then one operation a line; `--perms` and `--size` belong to the next. */
export function showInvocation({ args, env, inputs }: Invocation): string {
  const lines: string[][] = [[]];
  const end = args.lastIndexOf("--");
  for (let index = 0; index < end; ) {
    const option = args[index] ?? "";
    const count = NO_VALUE.test(option) ? 0 : TWO_VALUES.test(option) ? 2 : option === "--overlay" ? 3 : 1;
    const words = args.slice(index, index + count + 1).map(text);
    const last = lines.at(-1);
    const opens = last === undefined || (count > 0 && !/^--(perms|size|overlay-src)$/.test(last.at(-2) ?? ""));
    if (opens) lines.push(words);
    else last.push(...words);
    index += count + 1;
  }
  const variables = Object.entries(env).map(([name, value]) => `${name}=${showValue(value)}`);
  const contents = inputs.map(({ fd, content }) => `${fd}< ${JSON.stringify(content)}`);
  return `${[...lines.map((words) => words.join(" ")), args.slice(end).map(text).join(" "), ...variables, ...contents].join("\n")}\n`;
}

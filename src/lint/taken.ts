import type { Effective } from "../model/effective.ts";
import { child, nodeAt, type Source } from "../model/node.ts";
import type { Origin } from "../model/source.ts";
import { variableMatcher } from "../model/variable-pattern.ts";

type Known = Pick<Effective, "sources">;

/** The text at an entry as its author wrote it, before anything was put in for a parameter. */
export function writtenAt({ sources }: Known, { file, route }: Origin, ...further: readonly number[]): string {
  const node = nodeAt(sources.find((source) => source.file === file)?.root, [...route, ...further]);
  return node?.kind === "scalar" ? node.text : "";
}

/** The caller's variables that a text takes whole words from, by way of parameters. */
export function takenBy(known: Known, text: string, seen: ReadonlySet<string> = new Set()): readonly string[] {
  // What is only a part of a word (`-Dversion=${v}`) is a value, whoever gives it.
  const names = [...text.matchAll(/(?<=^|[\s:;,])\$\{([A-Za-z_][\w-]*)\}(?=$|[\s:;,])/g)].map(([, name = ""]) => name);
  return names.flatMap((name) => {
    const param = seen.has(name) ? undefined : paramOf(known, name);
    if (param === undefined) return [];
    const env = child(param, "env");
    const standard = param.kind === "scalar" ? param : child(param, "default");
    const further = standard?.kind === "scalar" ? takenBy(known, standard.text, new Set([...seen, name])) : [];
    return env?.kind === "scalar" ? [env.text, ...further] : further;
  });
}

const paramOf = ({ sources }: Known, name: string) =>
  sources.map(({ root }: Source) => child(child(root, "params"), name)).findLast((node) => node !== undefined);

/** The entry that passes a variable of the caller's: what is put in front of it is another one. */
export function passedAt({ env }: Pick<Effective, "env">, name: string, otherwise: Origin): Origin {
  const passing =
    env.require.findLast(({ value }) => value === name) ??
    env.pass.findLast(({ value }) => variableMatcher(value)(name));
  return passing?.origin ?? (env.clear.value ? otherwise : env.clear.origin);
}

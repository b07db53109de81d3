import type { Effective } from "../model/effective.ts";
import { child, type Source } from "../model/node.ts";
import type { Opened } from "../opening.ts";
import type { FlagSwitch } from "../resolve/index.ts";
import { offers } from "../sources/offers.ts";

/** A variant, and what it is called beside the one that a plain run takes. */
export interface NamedVariant {
  /** Undefined: the default one; empty: the top level. */
  readonly variant: string | undefined;
  readonly name: string | undefined;
}

/** The variants to look at: the one that was asked for; else the default first, then the others and the top level. */
export function variantsOf({ source, variant }: Opened): readonly NamedVariant[] {
  if (variant !== undefined) return [{ variant, name: undefined }];
  const plain = { variant: undefined, name: undefined };
  const { variants } = offers(source, [source]);
  const given = child(source.root, "default");
  const standard = given?.kind === "scalar" ? given.text : "";
  const others = variants.filter((each) => each !== standard).map((each) => ({ variant: each, name: `#${each}` }));
  return standard === "" ? [plain, ...others] : [plain, ...others, { variant: "", name: "the top level" }];
}

/** A flag set beside those that are on by default, or by itself. */
export interface FlagCombination {
  readonly name: string;
  readonly flags: readonly FlagSwitch[];
  /** Whether what is on by default is off. */
  readonly isAlone: boolean;
}

/** Each flag set of a profile as `--flag` turns it on, and without those that are on by default where there are any. */
export function flagCombinations({ sources, flags: used, removed, variant }: Effective): readonly FlagCombination[] {
  const own = sources.at(-1);
  if (own === undefined) return [];
  const inVariant = variant === undefined ? [] : flagsOfVariant(own, variant);
  const gone = new Set(removed.filter(({ field }) => field === "flags").map(({ value }) => value));
  const all = [...new Set([...offers(own, sources).flags, ...inVariant])].filter((name) => !gone.has(name));
  return all.flatMap((name): FlagCombination[] => {
    const others = used.filter((other) => other !== name).map((other) => ({ name: other, on: false }));
    const on = { name, on: true };
    return [
      ...(used.includes(name) ? [] : [{ name, flags: [on], isAlone: false }]),
      ...(others.length === 0 ? [] : [{ name, flags: [...others, on], isAlone: true }]),
    ];
  });
}

function flagsOfVariant({ root }: Source, variant: string): string[] {
  const flags = child(child(child(root, "profiles"), variant), "flags");
  return flags?.kind === "map" ? flags.entries.map(({ key }) => key.text) : [];
}

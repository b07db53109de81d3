import { fragment, profile } from "../generated/validators.js";
import type { MapNode, Source } from "../model/node.ts";
import type { Problem, Result } from "../model/problem.ts";
import type { Fragment } from "../model/profile.gen.ts";
import type { KeyRoute } from "../model/source.ts";
import { explain } from "./explain.ts";
import { typed } from "./typed.ts";

export { type Base, type Typed, typed } from "./typed.ts";

/** Checks a file as it was written. Texts that still hold variables are left for the second pass. */
export function validate({ root, file }: Source): readonly Problem[] {
  if (profile(typed(root, "profile"))) return [];
  return explain(profile.errors ?? [], { root, file, base: "profile", prefix: [], interpolated: false });
}

/** The second pass: a fragment whose variables are replaced, as plain data; `route` leads to it in its file. */
export function typedFragment(root: MapNode, file: string, route: KeyRoute = []): Result<Fragment> {
  const value = typed(root, "fragment");
  if (fragment(value)) return { value, problems: [] };
  const problems = explain(fragment.errors ?? [], { root, file, base: "fragment", prefix: route, interpolated: true });
  return { value: undefined, problems };
}

/** What the second pass finds wrong, for those who don't need the data. */
export const validateFragment = (
  root: MapNode,
  file: string,
  { route = [] }: { readonly route?: KeyRoute } = {},
): readonly Problem[] => typedFragment(root, file, route).problems;

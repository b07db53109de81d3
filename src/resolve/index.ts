import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { nestedProfiles } from "../model/nested.ts";
import { child, type MapNode, nodeAt, type Source } from "../model/node.ts";
import { hasErrors, type Problem, type Result } from "../model/problem.ts";
import type { Fragment } from "../model/profile.gen.ts";
import type { KeyRoute } from "../model/source.ts";
import { baseOf } from "./absolute.ts";
import type { Layer } from "./cursor.ts";
import { findDuplicates } from "./duplicates.ts";
import { type FlagSwitch, selectFlags } from "./flags.ts";
import { interpolate } from "./interpolate.ts";
import { commandLineLayer, fileLayers, fragmentOf, type WrittenLayer } from "./layers.ts";
import { type Lookup, linearise } from "./linearise.ts";
import { mergeLayers } from "./merge.ts";
import { readParams, type Setting, type Variables } from "./params.ts";
import { TEST_PATHS } from "./paths.ts";
import { relativeCwdProblem } from "./relative-cwd.ts";
import { type Settling, settleFragment } from "./settle.ts";
import { keptAt, type SettledLayers } from "./settled-layers.ts";
import { authorText } from "./text.ts";
import { chooseVariant } from "./variant.ts";

export type { FlagSwitch } from "./flags.ts";
export type { Lookup } from "./linearise.ts";
export type { Setting } from "./params.ts";
export type { SettledLayers } from "./settled-layers.ts";

/** What is to be resolved. */
export interface Request {
  /** The governing file or built-in, loaded and validated. */
  readonly source: Source;
  /** Undefined: the file's `default`, or its top level when it has none. Empty: the top level. */
  readonly variant: string | undefined;
  readonly flags: readonly FlagSwitch[];
  readonly set: readonly Setting[];
  /** The command line's own binds and variables, as a fragment. */
  readonly commandLine?: MapNode;
  readonly project: string;
  /** One of the source's own tests, which is settled as this profile would settle it. */
  readonly test?: string;
  /** What was settled before for the same files, variant and parameters: other flag sets lay other layers over the same ones. */
  readonly known?: SettledLayers;
  /** Whether a required parameter without a value has that of its `example`: the profile is looked at without its caller. */
  readonly examples?: boolean;
}

/** What resolving needs of the rest of the program. */
export interface Context {
  readonly host: Host;
  readonly lookup: Lookup;
  /** Turns a fragment without variables into plain data and checks it; `route` leads to it in its file. */
  readonly typedFragment: (node: MapNode, file: string, route: KeyRoute) => Result<Fragment>;
}

/** A profile and everything it builds on, merged: variables replaced, paths absolute, every value with its author. */
export function resolve(request: Request, context: Context): Result<Effective> {
  const { source, project } = request;
  const { host, lookup } = context;
  const problems: Problem[] = [];
  const failed = (): Result<never> => ({ value: undefined, problems: distinct(problems) });

  const chosen = chooseVariant(source, request.variant);
  problems.push(...chosen.problems);
  if (hasErrors(problems)) return failed();
  const variant = chosen.value;

  const linear = linearise(source, variant?.node, lookup);
  problems.push(...linear.problems);
  const links = linear.value;
  if (hasErrors(problems) || !links) return failed();

  const variables = readParams(links, request, host, project);
  const files = fileLayers(links, variant);
  const flags = selectFlags(files, request.flags);
  problems.push(...variables.problems, ...flags.problems);
  const commandLine = request.commandLine ? [commandLineLayer(request.commandLine, host.cwd)] : [];
  const layers = [...files, ...flags.layers, ...commandLine];
  const report = (problem: Problem) => void problems.push(problem);
  const kept = layers.map((layer) => keptAt(layer, host, request.known));
  const trees = layers.map(
    (layer, index) => kept[index]?.get(layer.node)?.tree ?? settleLayer(layer, variables, host, report),
  );
  const written = request.test === undefined ? undefined : nodeAt(source.root, ["tests", request.test]);
  const claims = written?.kind === "map" ? { source, node: written, route: [], chain: [] } : undefined;
  const test = claims && settleFragment(claims.node, settlingOf(claims, variables, host, report), TEST_PATHS);
  if (hasErrors(problems)) return failed();

  const typed = trees.map((tree, index): Layer | undefined => {
    const {
      source: { file },
      node,
      route,
      chain,
      flag,
    } = layers[index] as WrittenLayer;
    const known = kept[index]?.get(node);
    const { value, problems: found } = known
      ? { value: known.value, problems: [] }
      : context.typedFragment(tree, file, route);
    problems.push(...found);
    if (value !== undefined && found.length === 0) kept[index]?.set(node, { tree, value });
    return value && { file, index: index + 1, route, chain, flag, tree, value };
  });
  if (hasErrors(problems)) return failed();

  const known = typed.filter((layer) => layer !== undefined);
  const { problems: found, ...merged } = mergeLayers(known);
  const relative = relativeCwdProblem(merged, known);
  problems.push(...found, ...(relative ? [relative] : []));
  if (hasErrors(problems)) return failed();

  const description = child(variant?.node, "description") ?? child(source.root, "description");
  const value: Effective = {
    ...merged,
    removed: [...flags.removed, ...merged.removed],
    inner: nestedProfiles(source),
    sources: links.map((link) => link.source),
    chains: new Map(links.map(({ source, chain }) => [source.file, chain])),
    project,
    flags: flags.names,
    ...(variant && { variant: variant.name }),
    ...(description?.kind === "scalar" && { description: description.text }),
    ...(test && { test }),
  };
  return { value, problems: distinct(problems) };
}

function settleLayer(
  layer: WrittenLayer,
  variables: Variables,
  host: Host,
  report: (problem: Problem) => void,
): MapNode {
  const tree = settleFragment(fragmentOf(layer), settlingOf(layer, variables, host, report));
  for (const problem of findDuplicates(tree, layer.source)) report(problem);
  return tree;
}

function settlingOf(
  { source, literal }: WrittenLayer,
  variables: Variables,
  host: Host,
  report: (problem: Problem) => void,
): Settling {
  const scope = { source, find: (name: string) => variables.find(name, source), params: variables.params, report };
  return {
    source,
    base: baseOf(source, host.home),
    expand: (scalar) => (literal ? authorText(scalar.text) : interpolate(scalar, scope)),
    report,
  };
}

/** A file that is reached twice, or a value that is used twice, says the same thing twice. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const keyOf = ({ rule, file, line, column, message }: Problem) => JSON.stringify([rule, file, line, column, message]);
  return [...new Map(problems.map((problem) => [keyOf(problem), problem])).values()];
}

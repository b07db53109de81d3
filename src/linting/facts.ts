import { ownDirectories } from "../host/own.ts";
import type { Facts } from "../lint/index.ts";
import { child, type Source } from "../model/node.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Opened } from "../opening.ts";
import type { Request } from "../pipeline.ts";
import { bwrap, TARGETS } from "../render/index.ts";
import { tree } from "../tree/index.ts";
import { ceiling } from "../trust/ceiling.ts";
import { unallowedApis } from "../trust/programs.ts";
import type { LintedPlan } from "./linted.ts";

/** What rules look at: a plan, what stands in its sandbox, and what other stages say of it. */
export function factsOf(
  { plan, host, effective }: Omit<LintedPlan, "combination">,
  { source, discovered }: Opened,
  { request, ...scene }: Pick<Facts, "machine"> & Pick<Facts["outside"], "guards"> & { readonly request: Request },
): Facts {
  const { machine, guards } = scene;
  const insist = `sbx run -p ${source.file}`;
  return {
    plan,
    tree: tree(plan.operations, host, plan.prepare),
    host,
    effective,
    source,
    machine,
    asked: (request.flags ?? []).filter(({ on }) => on).map(({ name }) => name),
    outside: {
      refused: discovered
        ? [
            ...ceiling(plan, effective, host, insist),
            ...unallowedApis(plan, ownDirectories(host).configuration, new Set(), insist),
          ]
        : [],
      guards,
      argumentCount: argumentCount(plan),
      placeholders: placeholders(effective.sources, request.set ?? []),
    },
  };
}

/** The paths that parameters have until a caller says otherwise: examples of required ones, and defaults. */
function placeholders(sources: readonly Source[], given: readonly { readonly name: string }[]): string[] {
  return sources.flatMap(({ root }) => {
    const params = child(root, "params");
    return (params?.kind === "map" ? params.entries : []).flatMap(({ key, value }) => {
      if (given.some(({ name }) => name === key.text)) return [];
      const texts = value.kind === "scalar" ? [value] : [child(value, "example"), child(value, "default")];
      return texts.flatMap((node) => (node?.kind === "scalar" && /^\/./.test(node.text) ? [node.text] : []));
    });
  });
}

/** No operation comes to more than a few arguments: only many of them are worth counting. */
const MANY = 1000;

function argumentCount(plan: Plan): number {
  const features = TARGETS.at(-1);
  if (plan.operations.length < MANY || features === undefined) return 0;
  const { value, problems } = bwrap.render(plan, features, ["true"]);
  const told = problems.find(({ data }) => typeof data.count === "number")?.data.count;
  return value?.args.length ?? Number(told ?? 0);
}

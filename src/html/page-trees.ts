import type { Operation, Plan } from "../model/plan.gen.ts";
import type { Content, Element, Markup } from "./markup.ts";
import { type HostNode, onHost } from "./on-host.ts";
import type { OriginTexts } from "./origin-text.ts";
import { nodesOf, type OutlineAccess, type OutlineNode } from "./outline.ts";
import { operationWords } from "./words.ts";

interface Trees {
  readonly inside: Markup;
  readonly host: Markup | undefined;
}

/** Both trees of a page as nested lists; nodes that stand for one another know each other's id. */
export function pageTrees(plan: Plan, root: OutlineNode, { h, origins }: PageParts): Trees {
  const insideId = new Map([...nodesOf(root)].map((node, index) => [node, `in${index}`] as const));
  const hostNodes = onHost(root);
  const hostId = new Map<HostNode, string>();
  const mates = new Map<OutlineNode, string>();
  const number = (node: HostNode): void => {
    const id = `on${hostId.size}`;
    hostId.set(node, id);
    for (const mate of node.inside) mates.set(mate, id);
    for (const child of node.children) number(child);
  };
  hostNodes.forEach(number);

  const item = ({ id, mate, seek, access, operations }: ItemFacts, row: Content, more: Content, children: Content) =>
    h(
      "li",
      { id, "data-seek": seek, "data-access": access, "data-mate": mate, "data-operations": operations },
      h("div", { class: "row", id: `${id}-row` }, row),
      h("div", { class: "more", id: `${id}-more` }, more),
      children,
    );
  const list = (items: readonly Markup[]): Content => (items.length === 0 ? undefined : h("ul", {}, items));

  function insideItem(node: OutlineNode): Markup {
    const { path, name, access, what, host, origin, guard, operations } = node;
    const mate = mates.get(node);
    const own = operations.flatMap((index) => {
      const operation = plan.operations[index];
      return operation === undefined ? [] : [h("li", {}, operationLine(operation, origins))];
    });
    const facts = {
      id: insideId.get(node) ?? "",
      mate,
      access,
      operations: operations.join(" "),
      seek: [path, what, host ?? "", origins.short(origin), guard ? "sbx" : ""].join(" "),
    };
    const row = [
      h("span", { class: "name" }, name),
      badge(h, access),
      h("span", { class: "what" }, what, guard ? h("span", { class: "own" }, " by sbx") : undefined),
      h("span", { class: "from" }, origins.short(origin)),
    ];
    const more = [
      h("span", { class: "full" }, `${path}: ${access}, ${what}`),
      host === undefined || mate === undefined || host === path
        ? undefined
        : h("span", { class: "full" }, `on the host: ${host}`),
      h("span", { class: "origin" }, origins.whole(origin)),
      own.length > 1 ? h("ol", { class: "steps" }, own) : undefined,
    ];
    return item(facts, row, more, list(node.children.map(insideItem)));
  }

  function hostItem(node: HostNode): Markup {
    const { path, name, inside, children } = node;
    const seen = inside.map((mate) =>
      h(
        "span",
        { class: "seen" },
        badge(h, mate.access),
        " ",
        h("a", { href: `#${insideId.get(mate)}` }, mate.path === path ? "same path" : `at ${mate.path}`),
      ),
    );
    const facts = {
      id: hostId.get(node) ?? "",
      mate: inside.map((mate) => insideId.get(mate)).join(" ") || undefined,
      access: [...new Set(inside.map(({ access }) => access))].join(" ") || undefined,
      seek: [path, ...inside.map((mate) => `${mate.path} ${origins.short(mate.origin)}`)].join(" "),
    };
    const places = inside.map((mate) => `${mate.access} at ${mate.path}: ${origins.whole(mate.origin)}`);
    const more = [
      h("span", { class: "full" }, path),
      ...(places.length === 0 ? ["only leads to what is below"] : places).map((text) =>
        h("span", { class: "origin" }, text),
      ),
    ];
    const row = [h("span", { class: "name" }, name), h("span", { class: "what" }, seen)];
    return item(facts, row, more, list(children.map(hostItem)));
  }

  return {
    inside: h("ul", { class: "tree", id: "inside", "aria-labelledby": "inside-title" }, insideItem(root)),
    host:
      hostNodes.length === 0
        ? undefined
        : h("ul", { class: "tree", id: "host", "aria-labelledby": "host-title" }, hostNodes.map(hostItem)),
  };
}

/** What the parts of a page are made with. */
export interface PageParts {
  readonly h: Element;
  readonly origins: OriginTexts;
}

interface ItemFacts {
  readonly id: string;
  readonly mate: string | undefined;
  readonly seek: string;
  readonly access: string | undefined;
  readonly operations?: string;
}

/** An access, in its colour. */
export const badge = (h: Element, access: OutlineAccess): Markup => h("span", { class: `badge ${access}` }, access);

function operationLine(operation: Operation, origins: OriginTexts): string {
  const { at, kind, present, origin } = operation;
  const where = origins.short(origin);
  const what = present ? operationWords(operation, at) : "left out";
  return `${kind} ${at}: ${what}${where === "" ? "" : `, ${where}`}`;
}

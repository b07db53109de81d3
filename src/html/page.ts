import type { Plan } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { type Glance, glance } from "./glance.ts";
import { type Content, elements, type Markup, verbatim } from "./markup.ts";
import { originTexts } from "./origin-text.ts";
import { nodesOf, type OutlineAccess, type OutlineNode } from "./outline.ts";
import { badge, type PageParts, pageTrees } from "./page-trees.ts";
import { SCRIPT } from "./script.ts";
import { type Setting, settingsOf, stepsOf, variablesOf } from "./settings.ts";
import { STYLE } from "./style.ts";

/** What a page is made with: a digest in base64, and the way characters that nobody would see are shown. */
export interface PageTools {
  sha256(text: string): string;
  visible(text: string): string;
}

/**
 * A plan as one page that needs nothing else: both trees, the environment, every setting. It is a plain nested list first;
 * its script makes a filter and keyboard trees of that. The last line is a digest of all before.
 */
export function planPage(plan: Plan, root: OutlineNode, { sha256, visible }: PageTools): string {
  const h = elements(visible);
  const parts: PageParts = { h, origins: originTexts(plan.project) };
  const name = plan.project.slice(plan.project.lastIndexOf("/") + 1) || "/";
  const title = `Sandbox of ${name}`;
  const trees = pageTrees(plan, root, parts);
  // Nothing is loaded, nothing is sent, and no other code runs, whatever a profile may have smuggled in.
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${sha256(STYLE)}'`,
    `script-src 'sha256-${sha256(SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const head = h(
    "head",
    {},
    h("meta", { charset: "utf-8" }),
    h("meta", { "http-equiv": "Content-Security-Policy", content: policy.join("; ") }),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("meta", { name: "color-scheme", content: "light dark" }),
    h("meta", { name: "referrer", content: "no-referrer" }),
    h("title", {}, title),
    verbatim("style", STYLE),
  );
  const pane = (id: string, heading: string, tree: Content): Markup =>
    h("section", { class: "pane", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, heading), tree);
  const body = h(
    "body",
    {},
    h("header", {}, h("h1", {}, title), h("p", { class: "project" }, plan.project)),
    h(
      "main",
      {},
      glanceList(glance(plan, root), parts),
      toolbar(root, parts),
      h(
        "div",
        { class: "panes" },
        pane("inside", "Inside the sandbox", trees.inside),
        pane("host", "On the host", trees.host ?? h("p", {}, "Nothing of the host is shown.")),
      ),
      table("Environment", "Variable", variablesOf(plan), parts),
      table("Settings", "Setting", settingsOf(plan), parts),
      table("Done on the host before", "Step", stepsOf(plan), parts),
      table("Created on the host", "What", footprint(plan), parts),
      table("Noticed while planning", "Rule", noticed(plan), parts),
    ),
    h("footer", {}, h("p", {}, "Made by sbx plan --html. The page needs no network, and sends nothing.")),
    verbatim("script", SCRIPT),
  );
  const page = `<!doctype html>\n<html lang="en">\n${head.markup}\n${body.markup}\n</html>\n`;
  return page + seal(page, sha256);
}

const seal = (page: string, sha256: PageTools["sha256"]): string => `<!-- sbx plan --html ${sha256(page)} -->\n`;

/** Whether a text is a page as `planPage` made it, not changed since. */
export function isUntouchedPage(text: string, sha256: PageTools["sha256"]): boolean {
  const end = text.lastIndexOf("<!-- sbx plan --html ");
  return end > 0 && text.slice(end) === seal(text.slice(0, end), sha256);
}

/** The tree has them all. */
const MOST_PATHS = 14;

function glanceList(seen: Glance, { h, origins }: PageParts): Markup {
  const fact = (label: string, paths: readonly string[], none?: string): Content => {
    if (paths.length === 0 && none === undefined) return undefined;
    const more = paths.length - MOST_PATHS;
    const value = paths.slice(0, MOST_PATHS).map((path) => [h("code", {}, path), " "]);
    const rest = more > 0 ? h("span", { class: "place" }, `and ${more} more`) : undefined;
    return h("div", {}, h("dt", {}, label), h("dd", {}, paths.length === 0 ? none : [value, rest]));
  };
  const count = `${seen.variables} ${seen.variables === 1 ? "variable" : "variables"}`;
  const network = seen.network.value === "none" ? "none, but for its own loopback" : "the host's";
  const place = origins.short(seen.network.origin);
  const all = [
    fact("Writable", seen.writable, "nothing of the host's"),
    fact("Writable, in memory", seen.memory),
    fact("Copy on write", seen.copyOnWrite),
    fact("Read-only", seen.readOnly, "nothing of the host's"),
    fact("Hidden", seen.hidden),
    fact("Devices", seen.devices, "none"),
    h(
      "div",
      {},
      h("dt", {}, "Network"),
      h("dd", {}, network, place === "" ? undefined : h("span", { class: "place" }, ` ${place}`)),
    ),
    fact(
      seen.passed.length === 0 ? "Environment" : `Environment: ${count}, from the caller`,
      seen.passed,
      `${count}, none of the caller's`,
    ),
  ];
  return h("section", { class: "glance", "aria-label": "At a glance" }, h("dl", {}, all));
}

const MEANINGS: Readonly<Record<OutlineAccess, string>> = {
  rw: "writable",
  cow: "copy on write",
  ro: "read-only",
  masked: "hidden",
  device: "device node",
  link: "symbolic link",
  absent: "not there",
};

/** What only a script can do; without one it stays hidden. */
function toolbar(root: OutlineNode, { h }: PageParts): Markup {
  const there = new Set([...nodesOf(root)].map(({ access }) => access));
  const kinds = (Object.keys(MEANINGS) as OutlineAccess[]).filter((access) => there.has(access));
  return h(
    "div",
    { class: "toolbar", role: "search", id: "toolbar", hidden: true },
    h("label", { for: "filter" }, "Filter"),
    h("input", {
      type: "search",
      id: "filter",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "a path, a file, is:rw",
      "aria-describedby": "count",
    }),
    h(
      "span",
      { class: "kinds", role: "group", "aria-label": "Show only" },
      kinds.map((access) =>
        h(
          "button",
          { type: "button", "data-kind": access, "aria-pressed": "false" },
          badge(h, access),
          ` ${MEANINGS[access]}`,
        ),
      ),
    ),
    h("button", { type: "button", id: "fold", "aria-pressed": "false" }, "Fold"),
    h("span", { id: "count", role: "status" }, ""),
  );
}

function table(caption: string, head: string, rows: readonly Setting[], { h, origins }: PageParts): Content {
  if (rows.length === 0) return undefined;
  const column = (text: string) => h("th", { scope: "col" }, text);
  const row = ({ label, value, origin }: Setting): Markup => {
    const place = origins.short(origin);
    return h(
      "tr",
      { "data-seek": `${label} ${value} ${place}` },
      h("th", { scope: "row" }, label),
      h("td", {}, value),
      h("td", { class: "place", title: place === "" ? undefined : origins.whole(origin) }, place),
    );
  };
  const headings = h("tr", {}, column(head), column("Value"), column("Asked for at"));
  return h("table", {}, h("caption", {}, caption), h("thead", {}, headings), h("tbody", {}, rows.map(row)));
}

const footprint = ({ footprint }: Plan): Setting[] =>
  footprint.map(({ path, type, stays, origin }) => ({
    label: type,
    value: `${path}, which ${stays ? "stays" : "is removed again"}`,
    origin,
  }));

const noticed = ({ warnings }: Plan): { label: string; value: string; origin: Origin }[] =>
  warnings.map(({ rule, message, origin }) => ({ label: rule, value: message, origin }));

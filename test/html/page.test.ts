import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { escapeText, type Host, isUntouchedPage, type Plan, planHtml } from "../../src/index.ts";
import { planOf, readCase } from "../compile/case.ts";
import { elementsOf, ofClass, type Parsed, parsePage, textOf } from "./parse.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");
const pageOf = (plan: Plan, host: Host) => planHtml(plan, host, sha256);

function planned(profile: string, machine: Parameters<typeof planOf>[1] = {}): { plan: Plan; host: Host } {
  const { plan, host, problems } = planOf({ ".sandbox.yml": profile }, machine);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return { plan, host };
}

const CASES = fileURLToPath(new URL("../cases/", import.meta.url));
const cases = readdirSync(CASES).flatMap((name) => {
  const { files, machine, wishes } = readCase(CASES + name);
  const { plan, host } = planOf(files, machine, wishes);
  return plan === undefined ? [] : [{ name, plan, host }];
});

describe.each(cases)("the page of $name", ({ plan, host }) => {
  const page = pageOf(plan, host);
  const parsed = parsePage(page);

  it("shows every operation, once, at its place", () => {
    const items = [...elementsOf(parsed)].filter(({ attributes }) => attributes["data-operations"] !== undefined);
    const shown = items.flatMap(({ attributes }) => (attributes["data-operations"] ?? "").split(" ").filter(Boolean));
    expect(shown.map(Number).sort((a, b) => a - b)).toEqual(plan.operations.map((_, index) => index));
    for (const { attributes, children } of items) {
      const path = textOf(ofClass({ tag: "", attributes: {}, children }, "full")[0] as Parsed);
      for (const index of (attributes["data-operations"] ?? "").split(" ").filter(Boolean)) {
        const { at } = plan.operations[Number(index)] as Plan["operations"][number];
        // A directory that only leads there is part of its name.
        expect(path.startsWith(escapeText(at))).toBe(true);
      }
    }
  });

  it("has every variable, an id for each thing that is pointed to, and no id twice", () => {
    const all = [...elementsOf(parsed)];
    const heads = all.filter(({ tag, attributes }) => tag === "th" && attributes.scope === "row").map(textOf);
    for (const name of Object.keys(plan.env)) expect(heads).toContain(name);
    const ids = all.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const wanted = all.flatMap(({ attributes: { href, for: of, ...rest } }) => [
      ...(href === undefined ? [] : [href.slice(1)]),
      ...(of === undefined ? [] : [of]),
      ...["aria-labelledby", "aria-describedby", "data-mate"].flatMap((name) => rest[name]?.split(" ") ?? []),
    ]);
    for (const id of wanted) expect(ids).toContain(id);
  });

  it("is the same again, and known to be untouched", () => {
    expect(pageOf(structuredClone(plan), host)).toBe(page);
    expect(isUntouchedPage(page, sha256)).toBe(true);
    for (const changed of [page.replace("Sandbox of", "Sandbox  of"), `${page}x`, page.slice(0, -1), ` ${page}`]) {
      expect(isUntouchedPage(changed, sha256)).toBe(false);
    }
  });
});

describe("a page", () => {
  const { plan, host } = planned("version: 1\nmounts: {.: rw}\nmask: [hidden]\n");
  const parsed = parsePage(pageOf(plan, host));
  const all = [...elementsOf(parsed)];

  it("allows its own style and script, by digest, and nothing else", () => {
    const policy = all.find(({ attributes }) => attributes["http-equiv"] !== undefined)?.attributes.content ?? "";
    const code = (tag: string) => textOf(all.find((element) => element.tag === tag) as Parsed);
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${sha256(code("style"))}'`,
      `script-src 'sha256-${sha256(code("script"))}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(all.filter(({ tag }) => tag === "style" || tag === "script").length).toBe(2);
    // The policy comes before what it is to hold back.
    expect(all.findIndex(({ attributes }) => attributes["http-equiv"] !== undefined)).toBeLessThan(4);
  });

  it("loads nothing, and has no code in attributes", () => {
    for (const { attributes } of all) {
      for (const name of ["src", "srcset", "action", "formaction", "style", "ping", "data"]) {
        expect(attributes[name]).toBeUndefined();
      }
      expect(Object.keys(attributes).filter((name) => name.startsWith("on"))).toEqual([]);
      expect(attributes.href ?? "#").toMatch(/^#/);
    }
    expect(textOf(all.find(({ tag }) => tag === "style") as Parsed)).not.toMatch(/url\(|@import|https?:/);
  });

  it("is a plain nested list, whose controls stay away until a script takes them up", () => {
    expect(all.find(({ attributes }) => attributes.id === "toolbar")?.attributes.hidden).toBe("");
    expect(all.filter(({ attributes }) => attributes.role?.startsWith("tree")).length).toBe(0);
    const tree = all.find(({ attributes }) => attributes.id === "inside");
    expect(tree?.tag).toBe("ul");
    expect(all.find(({ tag }) => tag === "html")?.attributes.lang).toBe("en");
  });
});

/** What would end an element, an attribute or a comment, or turn a line round. */
const HOSTILE = [
  `</script><script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `--><svg onload=alert(1)>`,
  `&lt;b&gt; &amp`,
  `\u001b[31m\u0007\u0000`.replace("\0", "\u0001"),
  `a\u202eb\u2066c\u2028d\ufeff`,
  `line\nfeed`,
];

describe.each(HOSTILE)("what a profile says with %j in it", (hostile) => {
  // Profiles may not say all of it, but names on the host may be anything, and a plan may come from elsewhere.
  const { plan: harmless, host } = planned(
    `version: 1
mounts: {/srv/HERE: ro, .: rw, /left/HERE: ro?}
files: {/etc/x: {content: HERE}}
symlinks: {/link: HERE}
env: {set: {A: HERE}, pass: [HERE]}
process: {wrapper: [HERE], hostname: HERE}
`,
    { files: { "/srv/HERE/": { type: "directory" } }, env: { HERE: "x" } },
  );
  const quoted = JSON.stringify(hostile).slice(1, -1);
  const text = JSON.stringify(harmless)
    .replaceAll("HERE", () => quoted)
    .replaceAll(".sandbox.yml", () => quoted);
  const plan: Plan = JSON.parse(text);
  const page = pageOf(plan, host);
  const parsed = parsePage(page);

  it("is text, and nothing else", () => {
    const all = [...elementsOf(parsed)];
    expect(all.filter(({ tag }) => ["img", "svg", "b", "iframe", "object"].includes(tag))).toEqual([]);
    expect(all.filter(({ tag }) => tag === "script").length).toBe(1);
    for (const { attributes } of all) {
      expect(Object.keys(attributes).filter((name) => name.startsWith("on"))).toEqual([]);
    }
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\ufeff]/u);
    expect(isUntouchedPage(page, sha256)).toBe(true);
  });

  it("is there to be read", () => {
    const shown = escapeText(hostile);
    expect(ofClass(parsed, "name").map(textOf).join("\n")).toContain(`srv/${shown}`);
    expect(ofClass(parsed, "what").map(textOf)).toContain(`→ ${shown}`);
    expect(ofClass(parsed, "origin").map(textOf).join("\n")).toContain(`${shown}:2:`);
    const cells = [...elementsOf(parsed)].filter(({ tag }) => tag === "td").map(textOf);
    expect(cells).toEqual(expect.arrayContaining([shown, `$${shown}`]));
  });
});

describe("secrets", () => {
  it("of the profile and of the caller stay out", () => {
    const { plan, host } = planned("version: 1\nenv: {pass: [PASSED], set: {API_TOKEN: canary, PLAIN: shown}}\n", {
      env: { PASSED: "canary" },
    });
    const page = pageOf(plan, host);
    expect(page).toContain("shown");
    expect(page).toContain("API_TOKEN");
    expect(page).toContain("$PASSED");
    expect(page).not.toContain("canary");
  });

  it("so does what files hold", () => {
    const { plan, host } = planned("version: 1\nfiles: {/etc/x: {content: canary}}\n");
    expect(pageOf(plan, host)).not.toContain("canary");
  });
});

describe("colours", () => {
  const { plan, host } = planned("version: 1\n");
  const all = [...elementsOf(parsePage(pageOf(plan, host)))];
  const style = textOf(all.find(({ tag }) => tag === "style") as Parsed);
  const roots = [...style.matchAll(/:root\{([^}]*--text:[^}]*)\}/g)].map(([, rules = ""]) => {
    return new Map([...rules.matchAll(/--([a-z-]+):(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value ?? ""]));
  });

  it("come in light, dark and print", () => expect(roots.length).toBe(3));

  it.each(roots.map((colours) => [colours] as const))("can be read: 4.5 to 1 (WCAG 2.2, 1.4.3)", (colours) => {
    const on = (name: string, ground: string) => contrast(colours.get(name) ?? "", colours.get(ground) ?? "");
    const low = [
      ...["text", "dim", "accent"]
        .filter((name) => colours.has(name))
        .flatMap((name) => [
          [name, "back", on(name, "back")],
          [name, "soft", on(name, "soft")],
          [name, "mark", on(name, "mark")],
        ]),
      ...["rw", "cow", "ro", "masked", "device", "link", "absent"].map((name) => [
        name,
        `${name}-back`,
        on(name, `${name}-back`),
      ]),
    ].filter(([, , ratio]) => !(Number(ratio) >= 4.5));
    expect(low).toEqual([]);
  });
});

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

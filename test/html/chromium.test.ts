import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { planHtml } from "../../src/index.ts";
import { planOf } from "../compile/case.ts";
import { chromiumOnPath, openBrowser, type Page } from "./browser.ts";

const chromium = chromiumOnPath();
if (chromium === undefined) {
  process.stderr.write("SKIPPED in chromium.test.ts: there is no chromium on PATH, so nobody has looked at the page\n");
}

const { plan, host } = planOf(
  {
    ".sandbox.yml": `version: 1
mounts: {/usr: ro, /sdk: {from: /opt/sdk}, .: rw, /none: ro?, "/odd </script><script>x": {from: /opt/sdk}}
mask: [in/secret]
protect: [held/open]
env: {set: {CI: "1"}}
network: host
`,
  },
  { files: { "/usr/bin/env": "", "/opt/sdk/x": "", "/home/u/proj/in/secret": "", "/home/u/proj/held/open": "" } },
);
if (plan === undefined) throw new Error("the profile of this test has no plan");
const html = planHtml(plan, host, (text) => createHash("sha256").update(text).digest("base64"));

describe.skipIf(chromium === undefined)("in Chromium, the page", () => {
  const directory = mkdtempSync(join(tmpdir(), "sbx-page-"));
  const file = join(directory, "plan.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  let page: Page;

  beforeAll(async () => {
    page = await openBrowser(chromium as string);
  });
  afterAll(async () => {
    await page?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  // Also an error of the policy: whatever it holds back is told on the console.
  afterEach(() => expect(page.errors).toEqual([]));

  const names = (selector: string) =>
    page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})]
      .filter((item) => item.checkVisibility()).map((item) => item.querySelector(".full").textContent.split(": ")[0])`);
  const focused = () => page.evaluate("document.activeElement.querySelector('.full').textContent.split(': ')[0]");
  const text = (selector: string) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
  const shown = (selector: string) =>
    page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})]
      .filter((element) => element.checkVisibility()).map((element) => element.textContent)`);

  it("asks for nothing but itself", async () => {
    await page.open(url);
    expect(page.requests).toEqual([url]);
  });

  it("is a tree for those who hear it: roles, names without ornaments, what is open, how deep", async () => {
    await page.open(url);
    const heard = await page.accessible();
    const named = (role: string) => heard.filter((node) => node.role === role).map(({ name }) => name);
    expect(named("tree")).toEqual(["Inside the sandbox", "On the host"]);
    expect(named("treeitem")).toEqual(
      expect.arrayContaining(["sdk ro host /opt/sdk", "home/u/proj rw host", "in/secret masked hidden file"]),
    );
    expect(named("searchbox")).toEqual(["Filter"]);
    expect(named("heading")).toEqual(["Sandbox of proj", "Inside the sandbox", "On the host"]);
    expect(await page.evaluate("document.querySelectorAll('.tree [tabindex=\"0\"]').length")).toBe(2);
    const project =
      "[...document.querySelectorAll('#inside li')].find((item) => item.dataset.seek.startsWith('/home/u/proj '))";
    expect(await page.evaluate(`${project}.getAttribute('aria-expanded')`)).toBe("true");
    expect(await page.evaluate(`${project}.getAttribute('aria-level')`)).toBe("2");
    const described = `document.getElementById(${project}.getAttribute('aria-describedby')).textContent`;
    expect(await page.evaluate(described)).toContain(".sandbox.yml:2:44");
  });

  it("filters both trees and the tables by the address", async () => {
    await page.open(`${url}#filter=sdk`);
    expect(await names("#inside li.hit")).toEqual(["/odd </script><script>x", "/sdk"]);
    expect(await names("#inside li[data-seek]")).toEqual(["/", "/odd </script><script>x", "/sdk"]);
    expect(await page.evaluate("document.querySelector('#filter').value")).toBe("sdk");
    expect(await text("#count")).toMatch(/^2 of \d+ places$/);
    expect(await shown("table")).toEqual([]);
    await page.open(`${url}#filter=is%3Amasked`);
    expect(await names("#inside li.hit")).toEqual(["/home/u/proj/in/secret"]);
    expect(await page.evaluate("document.querySelector('[data-kind=masked]').getAttribute('aria-pressed')")).toBe(
      "true",
    );
    await page.open(`${url}#filter=CI`);
    expect(await shown("tbody tr th")).toEqual(["CI"]);
    // What is no filter, or a broken one, filters nothing.
    for (const hash of ["#in0", "#filter=%E0%A4%A"]) {
      await page.open(url + hash);
      expect(await text("#count")).toMatch(/^\d+ places$/);
    }
  });

  it("filters while one types, and puts that into the address", async () => {
    await page.open(url);
    await page.press("/");
    for (const key of "none") await page.press(key);
    expect(await names("#inside li.hit")).toEqual(["/none"]);
    expect(await page.evaluate("location.hash")).toBe("#filter=none");
    await page.press("Enter");
    expect(await focused()).toBe("/none");
    await page.press("/");
    await page.evaluate("document.querySelector('#filter').focus()");
    await page.press("Escape");
    expect(await page.evaluate("document.querySelector('#filter').value")).toBe("");
    expect(await page.evaluate("document.querySelectorAll('.away').length")).toBe(0);
  });

  it("is walked with the keys of a tree", async () => {
    await page.open(url);
    await page.evaluate("document.querySelector('#inside li').focus()");
    await page.press("End");
    expect(await focused()).toBe("/usr");
    await page.press("Home");
    await page.press("ArrowRight");
    const first = await focused();
    await page.press("ArrowDown");
    expect(await focused()).not.toBe(first);
    await page.press("ArrowUp");
    expect(await focused()).toBe(first);
    await page.press("h");
    expect(await focused()).toBe("/home/u/proj");
    await page.press("ArrowLeft");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe("false");
    expect(await names("#inside li[data-seek]")).not.toContain("/home/u/proj/in/secret");
    await page.press("ArrowLeft");
    expect(await focused()).toBe("/");
    await page.press("h");
    await page.press("ArrowRight");
    await page.press("ArrowRight");
    expect(await focused()).toMatch(/^\/home\/u\/proj\//);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-selected')")).toBe("true");
    expect(await page.evaluate("document.querySelectorAll('#inside [tabindex=\"0\"]').length")).toBe(1);
  });

  it("says where something was written while it has the focus or the pointer, and marks its other side", async () => {
    await page.open(url);
    expect(await shown(".more")).toEqual([]);
    await page.evaluate("document.querySelector('#inside li[data-seek^=\"/sdk \"]').focus()");
    expect(await focused()).toBe("/sdk");
    expect((await shown(".more")) as string[]).toEqual([expect.stringContaining(".sandbox.yml:2:20 (mounts › /sdk)")]);
    expect(await names(".mate")).toEqual(["/opt/sdk"]);
    await page.press("Enter");
    expect(await focused()).toBe("/opt/sdk");
    await page.press("Escape");
    expect(await shown(".more")).toEqual([]);
    await page.open(url);
    const place = `(() => { const name = document.querySelector('#inside li[data-seek^="/usr "] .name');
      name.scrollIntoView({block: "center"});
      const at = name.getBoundingClientRect(); return [at.x + 3, at.y + 3] })()`;
    const [x = 0, y = 0] = (await page.evaluate(place)) as number[];
    await page.hover(x, y);
    expect((await shown(".more")) as string[]).toEqual([expect.stringContaining(".sandbox.yml:2:10")]);
  });

  it.each([400, 1280])("needs no sideways scrolling at %i pixels", async (width) => {
    await page.resize(width, 900);
    await page.open(url);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  });

  it("has other colours in the dark", async () => {
    const ground = "getComputedStyle(document.documentElement).backgroundColor";
    await page.media({ "prefers-color-scheme": "light" });
    expect(await page.evaluate(ground)).toBe("rgb(255, 255, 255)");
    await page.media({ "prefers-color-scheme": "dark" });
    expect(await page.evaluate(ground)).toBe("rgb(20, 23, 27)");
    await page.media({});
  });

  it("is printed whole, with the origins, also what was folded", async () => {
    await page.open(url);
    await page.evaluate("document.querySelector('#fold').click()");
    expect(await names("#inside li[data-seek]")).not.toContain("/home/u/proj/in/secret");
    await page.media({}, "print");
    expect(await shown("#inside .name")).toContain("in/secret");
    expect((await shown(".from")) as string[]).toContain(".sandbox.yml:2:10");
    expect(await shown("#toolbar")).toEqual([]);
    await page.media({});
  });

  it("runs no script but its own", async () => {
    await page.open(url);
    // The policy holds whatever gets into the page somehow: here the debugger puts it there.
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned=1\">')");
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), {text: 'window.pwned=1'}))",
    );
    expect(await page.evaluate("window.pwned")).toBe(undefined);
    const refused = page.errors.splice(0).join("\n");
    expect(refused).toMatch(/Content Security Policy/);
    expect(refused).toContain("script-src");
    expect(refused).toContain("img-src");
  });

  it("is a list that can be read without scripts", async () => {
    await page.withoutScripts();
    await page.open(url);
    const items = (await page.accessible()).filter(({ role }) => role === "listitem");
    expect(items.length).toBeGreaterThan(10);
    expect((await page.accessible()).filter(({ role }) => ["tree", "searchbox"].includes(role))).toEqual([]);
    const words = (await page.accessible()).filter(({ role }) => role === "StaticText").map(({ name }) => name);
    expect(words).toEqual(expect.arrayContaining(["sdk", "host /opt/sdk", ".sandbox.yml:2:20", "CI"]));
  });
});

describe.skipIf(chromium === undefined)("`chromium --dump-dom`", () => {
  it("has the tree, filtered", async () => {
    const home = mkdtempSync(join(tmpdir(), "sbx-dump-"));
    try {
      writeFileSync(join(home, "plan.html"), html);
      const address = `${pathToFileURL(join(home, "plan.html")).href}#filter=/none`;
      const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
      const { stdout } = await execa(
        chromium as string,
        [...args, "--disable-background-networking", `--user-data-dir=${home}/profile`, "--dump-dom", address],
        { env: { HOME: home }, stderr: "ignore" },
      );
      expect(stdout).toMatch(/<ul class="tree" id="inside"[^>]* role="tree"/);
      expect(stdout).toMatch(/<span id="count" role="status">1 of \d+ places<\/span>/);
      expect(stdout.match(/class="hit"/g)?.length).toBe(1);
    } finally {
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

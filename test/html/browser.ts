import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The first Chromium on $PATH. */
export function chromiumOnPath(): string | undefined {
  const directories = (process.env.PATH ?? "").split(delimiter);
  const files = directories.flatMap((directory) =>
    ["chromium", "chromium-browser", "google-chrome"].map((name) => join(directory, name)),
  );
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

type Json = Readonly<Record<string, unknown>>;

/** One page in a browser without a window. */
export interface Page {
  open(url: string): Promise<void>;
  /** The value of an expression in the page; by the debugger, which the page's policy does not hold back. */
  evaluate(expression: string): Promise<unknown>;
  press(key: string): Promise<void>;
  hover(x: number, y: number): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** What the page is told about its reader's wishes. */
  media(features: Readonly<Record<string, string>>, medium?: string): Promise<void>;
  withoutScripts(): Promise<void>;
  /** Roles and names as a screen reader gets them. */
  accessible(): Promise<readonly { readonly role: string; readonly name: string }[]>;
  screenshot(): Promise<Buffer>;
  /** Everything that went wrong so far: errors of scripts, of the policy, of loading. */
  readonly errors: string[];
  /** Every address that was asked for. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Starts Chromium and talks to it over two pipes (the DevTools protocol, `--remote-debugging-pipe`). */
export async function openBrowser(file: string): Promise<Page> {
  const home = mkdtempSync(join(tmpdir(), "sbx-chromium-"));
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
  const quiet = ["--disable-background-networking", "--disable-component-update", "--hide-scrollbars"];
  const child: ChildProcess = spawn(file, [...args, ...quiet, "--remote-debugging-pipe", `--user-data-dir=${home}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  const ended = new Promise<void>((end) => child.once("close", () => end()));
  const [input, output] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  input.on("error", () => {});
  const waiting = new Map<number, (answer: Json) => void>();
  const heard = new Set<(method: string, params: Json) => void>();
  const errors: string[] = [];
  const requests: string[] = [];
  let rest = "";
  output.setEncoding("utf8").on("data", (chunk: string) => {
    const messages = (rest + chunk).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const { id, method, params, ...answer } = JSON.parse(message) as Json & { id?: number; method?: string };
      if (id !== undefined) waiting.get(id)?.(answer);
      else for (const listen of heard) listen(method ?? "", (params ?? {}) as Json);
    }
  });
  let last = 0;
  let sessionId: unknown;
  const send = (method: string, params: Json = {}) =>
    new Promise<Json>((done, failed) => {
      const id = ++last;
      ended.then(() => failed(new Error(`Chromium ended before it answered ${method}`)));
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error === undefined) done(result as Json);
        else failed(new Error(`${method}: ${JSON.stringify(error)}`));
      });
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
    });
  const next = (wanted: string) =>
    new Promise<void>((done) => {
      const listen = (method: string) => {
        if (method !== wanted) return;
        heard.delete(listen);
        done();
      };
      heard.add(listen);
    });
  heard.add((method, params) => {
    if (method === "Runtime.exceptionThrown") errors.push(JSON.stringify(params.exceptionDetails));
    if (method === "Runtime.consoleAPICalled") errors.push(JSON.stringify(params.args));
    if (method === "Log.entryAdded") errors.push(JSON.stringify(params.entry));
    if (method === "Network.requestWillBeSent") requests.push((params.request as { url: string }).url);
  });

  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  sessionId = (await send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  for (const domain of ["Page", "Runtime", "Log", "Network", "Accessibility"]) await send(`${domain}.enable`);

  return {
    errors,
    requests,
    async open(url) {
      // By way of another page: where only the fragment differs nothing would be loaded.
      for (const address of ["about:blank", url]) {
        const loaded = next("Page.loadEventFired");
        await send("Page.navigate", { url: address });
        await loaded;
      }
      requests.splice(0, requests.length, ...requests.filter((request) => request !== "about:blank"));
    },
    async evaluate(expression) {
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as Json).value;
    },
    async press(key) {
      const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
      await send("Input.dispatchKeyEvent", { type: "keyDown", key, ...(text && { text }) });
      await send("Input.dispatchKeyEvent", { type: "keyUp", key });
    },
    async hover(x, y) {
      await send("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    },
    async resize(width, height) {
      await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    },
    async media(features, medium = "") {
      const list = Object.entries(features).map(([name, value]) => ({ name, value }));
      await send("Emulation.setEmulatedMedia", { media: medium, features: list });
    },
    async withoutScripts() {
      await send("Emulation.setScriptExecutionDisabled", { value: true });
    },
    async accessible() {
      const { nodes } = (await send("Accessibility.getFullAXTree")) as { nodes: readonly AxNode[] };
      const seen = nodes.filter(({ ignored }) => !ignored);
      return seen.map(({ role, name }) => ({ role: role?.value ?? "", name: name?.value ?? "" }));
    },
    async screenshot() {
      const { data } = await send("Page.captureScreenshot", { format: "png" });
      return Buffer.from(data as string, "base64");
    },
    async close() {
      sessionId = undefined;
      await send("Browser.close").catch(() => {});
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

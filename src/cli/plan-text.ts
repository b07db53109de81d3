import { escapeText, type Operation, type Origin, type Plan } from "../index.ts";
import { wantsColor } from "./problems.ts";

/** A plan as people read it: the tree of what is mounted, then everything else, each with who asked for it. */
export function planText(plan: Plan, cwd: string): string {
  const names = treeNames(plan.operations.map(({ at }) => at));
  const rows = plan.operations.map((operation, index) => ({
    left: names[index] ?? "",
    access: accessOf(operation),
    what: whatOf(operation),
    from: shortOrigin(operation.origin, cwd),
  }));
  const left = Math.max(...rows.map((row) => row.left.length));
  const what = Math.max(...rows.map((row) => row.what.length));
  const tree = rows.map(
    (row) =>
      `${row.left.padEnd(left)}  ${paint(row.access, row.access.padEnd(6))}  ${row.what.padEnd(what)}  ${dim(row.from)}`,
  );
  return `${[...tree.map((text) => text.trimEnd()), "", ...settings(plan, cwd), ...footprintLines(plan, cwd)].join("\n")}\n`;
}

/** What a plan would create on the host, and whether it goes again. */
export function footprintText(plan: Plan, cwd: string): string {
  const lines = footprintLines(plan, cwd);
  return `${lines.length === 0 ? "Nothing is created on the host." : lines.join("\n")}\n`;
}

/** Each path below the nearest one above it that was shown just before; whole where there is none. */
function treeNames(paths: readonly string[]): string[] {
  const above: string[] = [];
  return paths.map((path) => {
    const isAbove = (other: string) => path === other || path.startsWith(other === "/" ? other : `${other}/`);
    while (above.length > 0 && !isAbove(above.at(-1) ?? "")) above.pop();
    if (above.at(-1) === path) above.pop();
    const parent = above.at(-1);
    const name = parent === undefined ? path : path.slice(parent === "/" ? 1 : parent.length + 1);
    return `${"  ".repeat(above.push(path) - 1)}${escapeText(name)}`;
  });
}

function accessOf(operation: Operation): string {
  if (!operation.present) return "absent";
  switch (operation.kind) {
    case "bind":
      return operation.access;
    case "overlay":
      return "cow";
    case "pin":
    case "tmpfs":
    case "dir":
    case "dev":
    case "mqueue":
      return "rw";
    case "mask":
      return "masked";
    case "protect":
    case "file":
    case "proc":
    case "remount-ro":
      return "ro";
    case "symlink":
      return "link";
  }
}

function whatOf(operation: Operation): string {
  switch (operation.kind) {
    case "bind":
    case "overlay":
    case "protect": {
      const what = operation.kind === "protect" ? "protected" : operation.kind === "overlay" ? "copy on write" : "host";
      return operation.source === operation.at ? what : `${what} ${escapeText(operation.source)}`;
    }
    case "pin":
      return "pinned";
    case "tmpfs":
      return `tmpfs ${operation.mode}${operation.size === undefined ? "" : ` ${operation.size} bytes`}`;
    case "dir":
      return `directory ${operation.mode}`;
    case "file":
      return `file of ${operation.content.length} characters`;
    case "symlink":
      return `→ ${escapeText(operation.target)}`;
    case "mask":
      return `empty ${operation.type}`;
    case "proc":
    case "dev":
    case "mqueue":
    case "remount-ro":
      return operation.kind;
  }
}

function settings({ env, process, namespaces, network, capabilities }: Plan, cwd: string): string[] {
  const own = Object.entries(namespaces).filter(([name, { value }]) => name !== "nested" && value !== false);
  const set = capabilities.value;
  const capability = set.base === "inherited" ? ["inherited", ...set.drop.map((name) => `-${name}`)] : [];
  const rows: [string, string, Origin][] = [
    ["network", network.value, network.origin],
    [
      "namespaces",
      own.map(([name, { value }]) => (value === "try" ? `${name} (try)` : name)).join(" "),
      network.origin,
    ],
    ["capabilities", [...capability, ...set.add].join(" ") || "none", capabilities.origin],
    ["cwd", escapeText(process.cwd.value), process.cwd.origin],
    ["session", process.session.value, process.session.origin],
  ];
  const variables = Object.entries(env).map(([name, { value, origin }]): [string, string, Origin] => {
    const shown = typeof value === "string" ? value : [...(value.prepend ?? []), `$${value.from}`].join(":");
    return [`env ${escapeText(name)}`, escapeText(shown), origin];
  });
  const all = [...rows, ...variables];
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, value, origin]) =>
    `${name.padEnd(width)}  ${value}  ${dim(shortOrigin(origin, cwd))}`.trimEnd(),
  );
}

function footprintLines({ footprint }: Plan, cwd: string): string[] {
  return footprint.map(({ path, type, stays, origin }) => {
    const fate = stays ? "stays" : "is removed again";
    return `creates ${type} ${escapeText(path)}, which ${fate}  ${dim(shortOrigin(origin, cwd))}`;
  });
}

function shortOrigin({ file, line, column }: Origin, cwd: string): string {
  if (line === 0) return "";
  const name = file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file;
  return `${escapeText(name)}:${line}:${column}`;
}

const COLORS: Readonly<Record<string, number>> = { rw: 33, dev: 33, cow: 35, ro: 32, masked: 31, absent: 90, link: 36 };
const color = (code: number, text: string): string =>
  wantsColor(process.stdout) ? `\u001b[${code}m${text}\u001b[0m` : text;
const paint = (access: string, text: string): string => color(COLORS[access] ?? 0, text);
const dim = (text: string): string => (text === "" ? "" : color(2, text));

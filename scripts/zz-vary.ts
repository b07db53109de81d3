import { readdirSync, readFileSync } from "node:fs";
import { describedHost } from "../src/host/described.ts";
import { RULES, TYPICAL_MACHINE } from "../src/lint/index.ts";
import { lintProfile } from "../src/linting/index.ts";
const C = new URL("../test/lint/converted/", import.meta.url).pathname;
const texts: { text: string; file: string; files?: any }[] = [];
for (const n of readdirSync(C)) texts.push({ text: readFileSync(`${C}${n}/profile.yml`, "utf8"), file: "profile.yml" });
for (const r of RULES) for (const e of [r.bad, r.good]) texts.push({ text: e.profile, file: e.file ?? "x.sandbox.yml", files: e.files });
const P = "/home/user/project";
const files = { ".vscode/tasks.json": "{}", ".env": "A=b", "id_rsa": "x", ".github/workflows/a.yml": "", "package.json": "{}", "package-lock.json": "{}", "node_modules/.bin/x": "", ".git/HEAD": "ref: refs/heads/main", ".git/config": "", ".git/hooks/": "", "vendor/lib/.git/HEAD": "ref: x", "vendor/lib/.git/config":"", "vendor/lib/.git/hooks/":"", "secrets/a": "", "link": "" };
const full = Object.fromEntries(Object.entries(files).map(([k, v]) => [`${P}/${k}`, v]));
const machines: Record<string, any> = {
  typical: {},
  full: { files: full },
  root: { uid: 0, gid: 0, user: "root", home: "/root", env: { ...TYPICAL_MACHINE.env, HOME: "/root", USER: "root" } },
  bare: { files: "bare" },
};
const differs = new Map<string, Set<string>>();
for (const { text, file, files: beside = {} } of texts) {
  const seen: Record<string, Set<string>> = {};
  for (const [name, m] of Object.entries(machines)) {
    const host = describedHost({ ...TYPICAL_MACHINE, cwd: P, ...m, files: { ...(m.files === "bare" ? {} : TYPICAL_MACHINE.files), ...(m.files === "bare" ? {} : m.files), ...beside, [`${P}/${file}`]: text } });
    const linted = await lintProfile({ profile: `${P}/${file}` }, host, { today: "2026-11-29", machine: host });
    const off = name === "typical" ? await lintProfile({ profile: `${P}/${file}` }, host, { today: "2026-11-29", offline: true }) : undefined;
    if (linted.broken) continue;
    seen[name] = new Set(linted.findings.map((f) => f.problem.rule));
    if (off && !off.broken) seen.offline = new Set(off.findings.map((f) => f.problem.rule));
  }
  const all = Object.values(seen);
  for (const { id } of RULES) if (new Set(all.map((s) => s.has(id))).size > 1) differs.set(id, (differs.get(id) ?? new Set()).add(Object.entries(seen).filter(([, s]) => s.has(id)).map(([n]) => n).join("+")));
}
for (const { id, needs } of RULES) if (differs.has(id)) console.log(id, needs ?? "", [...differs.get(id)!].join(" | "));

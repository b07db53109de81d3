import type { Operation } from "../model/plan.gen.ts";
import { DEFAULT_ORIGIN, type KeyRoute, type Origin } from "../model/source.ts";

/** The fields of a profile that something at a path can come from. */
const SECTIONS = [
  "root",
  "mounts",
  "marked",
  "tmpfs",
  "dirs",
  "files",
  "symlinks",
  "devices",
  "proc",
  "mask",
  "protect",
  "git",
  "apis",
  "process",
] as const;
export type Section = (typeof SECTIONS)[number];

/** The field that an origin lies in, below flag sets and variants (which have names of any kind). */
export function sectionOf({ route }: { readonly route: KeyRoute }): Section | undefined {
  const inner = route[0] === "flags" || route[0] === "profiles" ? route[2] : route[0];
  return SECTIONS.find((section) => section === inner);
}

export const isDefault = ({ file, line }: Origin): boolean => file === DEFAULT_ORIGIN.file && line === 0;

/** What a repository keeps to itself: `.git`, wherever it lies. */
export const isGit = (path: string): boolean => /\/\.git(\/|$)/.test(path);

/** An entry as its author names it. */
export function entryWords(operation: Operation, item: string | undefined): string {
  const { kind, at, origin } = operation;
  if (isDefault(origin)) return `${defaultWords(operation)} (the default)`;
  if (origin.file === "command-line") return `${kind} ${at}`;
  const section = sectionOf(origin);
  if (kind === "dir" && operation.implied && section !== "dirs") return `made for ${section ?? kind}: ${keyOf(origin)}`;
  if (section === undefined) return `${kind} ${at}`;
  const key = item ?? keyOf(origin);
  return key === section ? section : `${section}: ${key}`;
}

const keyOf = ({ route }: Origin): string => String(route.findLast((key) => typeof key === "string") ?? "");

function defaultWords(operation: Operation): string {
  switch (operation.kind) {
    case "tmpfs":
      return operation.at === "/" ? "root: empty" : "devices: [minimal]";
    case "dev":
      return "devices: [full]";
    case "symlink":
      return "devices: [minimal]";
    case "proc":
    case "remount-ro":
      return "proc: true";
    case "bind":
      return operation.at.startsWith("/proc") ? "proc: true" : "devices: [minimal]";
    case "mask":
      return isGit(operation.source) ? "git: none" : "sbx hides what is its own";
    case "protect":
    case "pin":
      return isGit(operation.source) ? "git: none" : "sbx protects what a later run reads";
    case "dir":
      return "made for what lies below";
    case "overlay":
    case "mqueue":
    case "file":
      return operation.kind;
  }
}

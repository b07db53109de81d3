import { actsOnLoaders } from "../model/loaders.ts";
import { looksSecret } from "../model/secret.ts";
import { closed, type Item } from "./item.ts";

export const terminal: Item = {
  id: "terminal",
  weight: 0.3,
  title: "the caller's terminal",
  levels: "1 with `session: keep`, and then at least 5.0",
  because: "What is typed into it runs outside (CVE-2017-5226, CVE-2023-28100).",
  measure({ plan: { process } }) {
    const { value, origin } = process.session;
    if (value !== "keep") return closed("out of reach");
    return { exposure: 1, found: "kept", origins: [origin], atLeast: 5 };
  },
};

export const variables: Item = {
  id: "environment/passed",
  weight: 0.4,
  title: "values of the host's environment",
  levels: "0.02 for each, at most 0.5; 1 for any whose name looks like a secret",
  because: "Every process inside can read them, and whoever it tells them to (environ(7); proc(5) on environ).",
  measure({ plan: { env } }) {
    const passed = Object.entries(env).filter(([, { value }]) => typeof value === "object");
    const secret = passed.filter(([name]) => looksSecret(name));
    const told = secret.length > 0 ? secret : passed;
    if (told.length === 0) return closed("none");
    return {
      exposure: secret.length > 0 ? 1 : Math.min(0.5, passed.length * 0.02),
      found: told.length > 4 ? `${told.length} variables` : told.map(([name]) => name).join(", "),
      origins: told.map(([, { origin }]) => origin),
    };
  },
};

export const loaders: Item = {
  id: "environment/loaders",
  weight: 0.1,
  title: "variables by which programs load code",
  levels: "1 for any",
  because: "Their value is code for every program inside (ld.so(8)).",
  measure({ plan: { env } }) {
    const found = Object.entries(env).filter(([name]) => actsOnLoaders(name));
    if (found.length === 0) return closed("none");
    return {
      exposure: 1,
      found: found.map(([name]) => name).join(", "),
      origins: found.map(([, { origin }]) => origin),
    };
  },
};

export const descriptors: Item = {
  id: "descriptors",
  weight: 0.1,
  title: "open files of the caller",
  levels: "1 for any passed",
  because: "A descriptor is a way past every mount (CVE-2024-21626 was one that had been forgotten).",
  measure({ plan: { process } }) {
    const { value, origin } = process.passFds;
    return value.length === 0 ? closed("none") : { exposure: 1, found: value.join(", "), origins: [origin] };
  },
};

export const outlives: Item = {
  id: "outlives",
  weight: 0.1,
  title: "the end of sbx",
  levels: "1 where the sandbox outlives it",
  because: "What nobody waits for goes on unseen (bubblewrap#105, #529).",
  measure({ plan: { process } }) {
    const { value, origin } = process.dieWithParent;
    return value ? closed("ends the sandbox") : { exposure: 1, found: "the sandbox goes on", origins: [origin] };
  },
};

const LIMITS = ["time", "memory", "tasks"] as const;

export const limits: Item = {
  id: "limits",
  weight: 0.2,
  title: "limits of time, memory and tasks",
  levels: "a third for each that is missing, a sixth for one that is only tried for",
  because: "A fork bomb takes the machine down with every mount in place (getrlimit(2), cgroups(7)).",
  measure({ plan }) {
    const open = LIMITS.map((name) => ({ name, limit: plan.limits[name] })).filter(({ limit }) => limit?.try !== false);
    if (open.length === 0) return closed("all set");
    const exposure = open.reduce((sum, { limit }) => sum + (limit === undefined ? 1 : 0.5), 0) / LIMITS.length;
    const words = open.map(({ name, limit }) => (limit === undefined ? `no ${name}` : `${name} if possible`));
    return { exposure, found: words.join(", "), origins: open.flatMap(({ limit }) => limit?.origin ?? []) };
  },
};

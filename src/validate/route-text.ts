import type { KeyRoute } from "../model/source.ts";

/** A route for people: `env.set.CI`, `mounts["/srv"].when`, `mask[0]`. */
export function routeText(route: KeyRoute): string {
  return route.map(step).join("").replace(/^\./, "");
}

function step(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
}

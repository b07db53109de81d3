import type { EnvironmentValue, Input } from "../model/invocation.ts";

/** The host's variables, as `process.env` holds them. */
export type HostEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The environment that bwrap is started with: literals as planned, references looked up now. A reference to a
 * variable that the host doesn't have, with nothing to put in front, leaves the variable out.
 */
export function resolveEnvironment(
  planned: Readonly<Record<string, EnvironmentValue>>,
  host: HostEnvironment,
): Record<string, string> {
  const resolved: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(planned)) {
    const text = typeof value === "string" ? value : referenced(value, host);
    if (text !== undefined) resolved[name] = text;
  }
  return resolved;
}

/** What an input holds, its references looked up; those to a variable that the host doesn't have are empty. */
export function resolveInput({ content }: Input, host: HostEnvironment): string {
  if (typeof content === "string") return content;
  return content.map((part) => (typeof part === "string" ? part : (referenced(part, host) ?? ""))).join("");
}

function referenced(value: Exclude<EnvironmentValue, string>, host: HostEnvironment): string | undefined {
  const text = own(host, value.from);
  if (!value.prepend?.length) return text;
  // An empty part of a search path means the working directory.
  return [...value.prepend, ...(text ? [text] : [])].join(":");
}

const own = (host: HostEnvironment, name: string): string | undefined =>
  Object.hasOwn(host, name) ? host[name] : undefined;

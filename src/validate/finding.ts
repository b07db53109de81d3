import type { Finding } from "../generated/validators.js";
import { type MapNode, nodeAt } from "../model/node.ts";
import type { KeyRoute } from "../model/source.ts";
import type { Base } from "./typed.ts";

/** The document that was checked. */
export interface Checked {
  readonly root: MapNode;
  readonly file: string;
  readonly base: Base;
  /** Where the root stands in its file. */
  readonly prefix: KeyRoute;
  /** Variables are replaced already: a `${` is text now. */
  readonly interpolated: boolean;
}

/** A finding of ajv's about the place at the end of a route, or about one key there. */
export interface Located extends Finding {
  readonly route: KeyRoute;
  /** The key that is unknown, missing or not written as names are. */
  readonly key: string | undefined;
}

/** ajv writes a route as a JSON pointer (RFC 6901); items of lists are told from keys by the document. */
export function locate(finding: Finding, root: MapNode): Located {
  const route: (string | number)[] = [];
  for (const part of finding.instancePath.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    route.push(nodeAt(root, route)?.kind === "list" ? Number(key) : key);
  }
  const { additionalProperty, missingProperty } = finding.params;
  const key = finding.propertyName ?? additionalProperty ?? missingProperty;
  return { ...finding, route, key: key === undefined ? undefined : String(key) };
}

/** Whether a text of some kind may stand there at all. */
export function takesText({ keyword, params }: Finding): boolean {
  if (keyword !== "type") return true;
  return [params.type].flat().some((type) => type === "string" || type === "boolean" || type === "integer");
}

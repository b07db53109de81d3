import { type Shape, shapes } from "../generated/shapes.ts";
import type { KeyRoute } from "../model/source.ts";
import type { Base } from "./typed.ts";

/** What is expected at the end of a route, and whether variables are replaced there. */
export interface Expected {
  readonly shape: Shape | undefined;
  readonly literal: boolean;
}

/** Looks up what the schema expects along a route. */
export function expectedAt(base: Base, route: KeyRoute): Expected {
  let shape: Shape | undefined = shapes[base];
  let literal = false;
  for (const key of route) {
    shape = typeof key === "number" ? shape?.items : keyShape(shape, key);
    literal ||= shape?.literal === true;
  }
  return { shape, literal };
}

/** The keys that a mapping of this shape may have; none when they are free. */
export const knownKeys = (shape: Shape | undefined): readonly string[] => Object.keys(shape?.keys ?? {});

function keyShape(shape: Shape | undefined, key: string): Shape | undefined {
  return shape?.keys && Object.hasOwn(shape.keys, key) ? shape.keys[key] : shape?.values;
}

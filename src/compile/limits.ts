import type { Leaf } from "../model/effective.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Context } from "./context.ts";
import { badUnit } from "./problems.ts";
import { durationMs, sizeBytes } from "./units.ts";

type Name = keyof Plan["limits"];

const count = (text: string): number | undefined => (/^[0-9]+$/.test(text) ? Number(text) : undefined);
const fraction = (text: string): number | undefined => (/^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : undefined);

const UNITS = {
  time: { read: durationMs, expected: "duration", example: "10m" },
  memory: { read: sizeBytes, expected: "size", example: "2G" },
  tasks: { read: count, expected: "whole number", example: "512" },
  cpus: { read: fraction, expected: "number of processors", example: "1.5" },
  cpuTime: { read: durationMs, expected: "duration", example: "5m" },
  openFiles: { read: count, expected: "whole number", example: "1024" },
  fileSize: { read: sizeBytes, expected: "size", example: "1G" },
  core: { read: sizeBytes, expected: "size", example: "0" },
} satisfies Record<Name, { read: (text: string) => number | undefined; expected: string; example: string }>;

/** `limits` in base units: milliseconds, bytes, counts. */
export function planLimits({ effective, report }: Context): Plan["limits"] {
  const planned: { -readonly [Key in Name]?: NonNullable<Plan["limits"][Key]> } = {};
  for (const [name, unit] of Object.entries(UNITS) as [Name, (typeof UNITS)[Name]][]) {
    const leaf: Leaf<unknown> | undefined = effective.limits[name];
    if (leaf === undefined) continue;
    const mapping = typeof leaf.value === "object" && leaf.value !== null ? leaf.value : { value: leaf.value };
    const text = "value" in mapping ? String(mapping.value) : "";
    const value = unit.read(text);
    if (value === undefined) {
      report(badUnit({ text, expected: unit.expected, example: unit.example }, leaf.origin));
      continue;
    }
    planned[name] = { value, try: "try" in mapping && mapping.try === true, origin: leaf.origin };
  }
  return planned;
}

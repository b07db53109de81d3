const SIZES = [
  ["T", 1024 ** 4],
  ["G", 1024 ** 3],
  ["M", 1024 ** 2],
  ["K", 1024],
] as const;
const DURATIONS = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** Bytes as one writes them in a profile: `64M`. */
export const sizeText = (bytes: number): string => inUnits(bytes, SIZES);

/** Milliseconds as one writes them in a profile: `90s`. */
export const durationText = (ms: number): string => inUnits(ms, DURATIONS);

/** A number without a unit. */
export const countText = (count: number): string => String(count);

/** In the largest unit that it is a whole number of. */
function inUnits(value: number, units: readonly (readonly [string, number])[]): string {
  const [unit, size] = units.find(([, each]) => value >= each && value % each === 0) ?? ["", 1];
  return `${value / size}${unit}`;
}

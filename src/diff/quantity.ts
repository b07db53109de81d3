const BYTES = [
  ["G", 2 ** 30],
  ["M", 2 ** 20],
  ["K", 2 ** 10],
] as const;
const TIMES = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** As one writes it in a profile. */
export const bytesText = (bytes: number): string => inUnits(bytes, BYTES, "");
export const durationText = (milliseconds: number): string => inUnits(milliseconds, TIMES, "ms");

function inUnits(value: number, units: readonly (readonly [string, number])[], base: string): string {
  const unit = value === 0 ? undefined : units.find(([, size]) => value % size === 0);
  return unit === undefined ? `${value}${base}` : `${value / unit[1]}${unit[0]}`;
}

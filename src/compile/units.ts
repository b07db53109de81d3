/** Milliseconds of `500ms`, `5s`, `10m`, `1h`, `2d`; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const found = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)$/.exec(text);
  if (found === null) return undefined;
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[found[2] as "ms"];
  return Math.round(Number(found[1]) * unit);
}

/** Bytes of `512`, `64K`, `64M`, `2G`, `1T` (powers of 1024); undefined when it is none. */
export function sizeBytes(text: string): number | undefined {
  const found = /^([0-9]+(?:\.[0-9]+)?)([KMGT]?)$/.exec(text);
  if (found === null) return undefined;
  const unit = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }[found[2] as ""];
  return Math.round(Number(found[1]) * unit);
}

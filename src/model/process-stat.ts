/** What stat of proc(5) says of a process; numbers as seen from here. */
export interface ProcessStat {
  /** R, S, D, T (stopped), t (traced), Z (zombie), X … */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Foreground process group of its terminal; -1 without one. */
  readonly foreground: number;
  /** In clock ticks since boot: with the number it names a process for good. */
  readonly startTime: string;
}

/** Reads stat of proc(5): the name in brackets may hold brackets and blanks itself. */
export function parseStat(text: string): ProcessStat | undefined {
  const end = text.lastIndexOf(")");
  if (end === -1) return undefined;
  const fields = text.slice(end + 2).split(" ");
  const [parent = 0, group = 0, session = 0, , foreground = -1] = fields.slice(1).map(Number);
  return { state: fields[0] ?? "", parent, group, session, foreground, startTime: fields[19] ?? "" };
}

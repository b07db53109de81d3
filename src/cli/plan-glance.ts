import { escapeText, type Glance, widthOf } from "../index.ts";
import { type Layout, paint, placeText, type Style } from "./explain-rows.ts";
import type { Row } from "./plan-rows.ts";

const LABEL = 13;
/** A longer line is no glance. */
const LONGEST = 110;

/** What a reader asks first, a line each. */
export function glanceRows(seen: Glance, layout: Layout): Row[] {
  const line = (style: Style, label: string, text: string, place = ""): Row => ({
    front: paint(layout, style, label.padEnd(LABEL)),
    text,
    place,
  });
  const list = (style: Style, label: string, paths: readonly string[], before = ""): Row[] =>
    paths.length === 0 ? [] : [line(style, label, `${before}${fitting(paths, layout, LABEL + before.length)}`)];
  const { writable, readOnly, devices, network, passed, variables } = seen;
  const count = `${variables} ${variables === 1 ? "variable" : "variables"}`;
  const isNone = network.value === "none";
  return [
    ...(writable.length === 0 ? [line("ro", "writable", "nothing of the host's")] : list("rw", "writable", writable)),
    ...list("rw", "", seen.memory, "in memory: "),
    ...list("rw", "", seen.copyOnWrite, "copy on write: "),
    ...(readOnly.length === 0 ? [line("ro", "read-only", "nothing of the host's")] : list("ro", "read-only", readOnly)),
    ...list("masked", "hidden", seen.hidden),
    ...(devices.length === 0 ? [line("ro", "devices", "none")] : list("device", "devices", devices)),
    line(
      isNone ? "ro" : "masked",
      "network",
      isNone ? "none, but for its own loopback" : "the host's",
      placeText(layout, network.origin),
    ),
    ...(passed.length === 0
      ? [line("ro", "environment", `${count}, none of the caller's`)]
      : list("rw", "environment", passed, `${count}, from the caller: `)),
  ];
}

/** As many as one line holds, and how many more there are. */
function fitting(paths: readonly string[], { width = LONGEST }: Layout, taken: number): string {
  const texts = paths.map(escapeText);
  const room = Math.min(width, LONGEST) - taken;
  const short = (shown: number) => `${texts.slice(0, shown).join(" ")} … ${texts.length - shown} more`;
  if (widthOf(texts.join(" ")) <= room) return texts.join(" ");
  let shown = texts.length - 1;
  while (shown > 1 && widthOf(short(shown)) > room) shown -= 1;
  return shown < 1 ? texts.join(" ") : short(shown);
}

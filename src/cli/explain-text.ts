import {
  type Advice,
  type Decider,
  escapeText,
  flow,
  type NetworkExplanation,
  type Origin,
  type PathExplanation,
  type VariableExplanation,
} from "../index.ts";
import { fileText, type Layout, paint, placeText, row } from "./explain-rows.ts";

/** A path for people: access and what stands there, where it comes from, who decides, who lost, what to write. */
export function pathText(found: PathExplanation, layout: Layout): string[] {
  const { path, real, access, summary, host, links, decidedBy, shadowed, skipped, notes, advice } = found;
  const title = [paint(layout, "bold", escapeText(path)), paint(layout, access, access), escapeText(summary)];
  // Repeating the path as "host path" says nothing; anywhere else it does.
  const hostPath =
    host !== null && host !== (access === "absent" ? path : real) ? row(layout, "host path", escapeText(host)) : [];
  return [
    title.join("  "),
    ...links.flatMap((link, index) => {
      const text = `${escapeText(link.path)} → ${escapeText(link.target)}`;
      return row(
        layout,
        index === 0 ? "link" : "",
        text,
        link.decidedBy ? placeText(layout, link.decidedBy.origin) : "",
      );
    }),
    ...(real !== path && access !== "absent" ? row(layout, "stands at", escapeText(real)) : []),
    ...hostPath,
    ...decider(layout, "decided by", decidedBy),
    ...shadowed
      .filter((lost, index) => lost.entry !== (shadowed[index - 1] ?? decidedBy)?.entry)
      .flatMap((lost, index) => decider(layout, index === 0 ? "over" : "", lost)),
    ...skipped.flatMap((lost) =>
      row(layout, "left out", `${escapeText(lost.entry)}: ${escapeText(lost.reason)}`, whole(layout, lost.origin)),
    ),
    ...hostAnswer(layout, found),
    ...notes.flatMap((note) => row(layout, "note", escapeText(note))),
    ...advice.flatMap((each) => adviceRow(layout, label(each, access), each)),
  ];
}

/** A variable for people. */
export function variableText(found: VariableExplanation, layout: Layout): string[] {
  const { variable, state, summary, decidedBy, shadowed, advice } = found;
  const style = state === "unset" ? "absent" : "ro";
  return [
    [paint(layout, "bold", escapeText(variable)), paint(layout, style, state), escapeText(summary)].join("  "),
    ...(decidedBy ? written(layout, "decided by", decidedBy) : []),
    ...shadowed.flatMap((lost, index) => written(layout, index === 0 ? "over" : "", lost)),
    ...advice.flatMap((each) => adviceRow(layout, "to set it", each)),
  ];
}

/** The network for people. */
export function networkText(found: NetworkExplanation, layout: Layout): string[] {
  const { network, summary, decidedBy, shadowed, sockets, advice } = found;
  const style = network === "none" ? "ro" : "masked";
  return [
    [paint(layout, "bold", "network"), paint(layout, style, network), summary].join("  "),
    ...written(layout, "decided by", decidedBy),
    ...shadowed.flatMap((lost, index) => written(layout, index === 0 ? "over" : "", lost)),
    ...sockets.flatMap(({ path }, index) => row(layout, index === 0 ? "host sockets" : "", escapeText(path))),
    ...advice.flatMap((each) => adviceRow(layout, "to change", each)),
  ];
}

function decider(layout: Layout, label: string, by: Decider | null): string[] {
  if (by === null) return [];
  const before = by.replaced.flatMap((origin) =>
    row(layout, "", "in place of an earlier layer's", placeText(layout, origin)),
  );
  return [...written(layout, label, by), ...before];
}

function written(
  layout: Layout,
  label: string,
  { entry, origin }: { readonly entry: string; readonly origin: Origin },
) {
  const flag = origin.flag === undefined ? "" : ` (flag set ${escapeText(origin.flag)})`;
  return row(layout, label, `${escapeText(entry)}${flag}`, whole(layout, origin, label === "decided by"));
}

/** A place with the `extends` entries that lead to its file. */
function whole(layout: Layout, origin: Origin, isFirst = false): string {
  const via = origin.chain.map((place) => placeText(layout, place)).join(", ");
  return placeText(layout, origin) + (via === "" ? "" : ` via ${isFirst ? "extends in " : ""}${via}`);
}

/** What a host path of the same name has become, where that is not plain from the rest. */
function hostAnswer(layout: Layout, { path, host, content, onHost }: PathExplanation): string[] {
  if (onHost === null || host === onHost.path || content === "proc") return [];
  const name = onHost.path === path ? "" : `${escapeText(onHost.path)}, `;
  const what = onHost.type === "unknown" ? "something" : `a ${onHost.type}`;
  const places = onHost.visible.map((place) => `${escapeText(place.path)}, ${place.access}`);
  const where = places.length === 0 ? "nowhere inside" : `at ${places.join("; ")}`;
  return row(layout, "on the host", `${name}${what}, visible ${where}`);
}

function label({ to }: Advice, from: PathExplanation["access"]): string {
  if (from === "absent" || from === "masked") return "to see it";
  switch (to) {
    case "rw":
      return "to write";
    case "ro":
      return "to protect";
    case "masked":
    case "absent":
      return "to hide";
    case "device":
      return "to use it";
  }
}

function adviceRow(layout: Layout, label: string, { add, edit, file, line, column }: Omit<Advice, "to">): string[] {
  const text = add === undefined ? (edit ?? "") : escapeText(flow(add));
  if (file === null) return row(layout, label, text);
  if (line !== undefined && column !== undefined)
    return row(layout, label, text, placeText(layout, { file, line, column }));
  const builtin = /^builtin:(.*)$/.exec(file)?.[1];
  return row(
    layout,
    label,
    text,
    builtin === undefined ? `in ${fileText(layout.cwd, file)}` : `in a profile with extends: [${builtin}]`,
  );
}

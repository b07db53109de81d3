import type { Origin, Place } from "../model/source.ts";

/** How files are named on a page: from the project's directory where they lie below it. */
export function originTexts(project: string): OriginTexts {
  const placed = ({ file, line, column }: Place): string => {
    const isBelow = project !== "/" && file.startsWith(`${project}/`);
    return `${isBelow ? file.slice(project.length + 1) : file}:${line}:${column}`;
  };
  const short = (origin: Origin): string => (origin.line === 0 ? "" : placed(origin));
  return {
    short,
    whole(origin) {
      if (origin.line === 0) return "sbx itself (no file asks for it)";
      const flag = origin.flag === undefined ? "" : `, flag set ${origin.flag}`;
      // Which one of a list says nothing: the line does.
      const keys = origin.route.filter((key) => typeof key === "string");
      const via = origin.chain.length === 0 ? "" : `, extended by ${origin.chain.map(placed).join(", then ")}`;
      return `${short(origin)} (${keys.join(" › ")}${flag})${via}`;
    },
  };
}

export interface OriginTexts {
  /** `file:line:column`; empty for what no file says. */
  short(origin: Origin): string;
  /** With the keys, the flag set and the chain of `extends` that led there. */
  whole(origin: Origin): string;
}

import { isWithin } from "../model/path.ts";

/** Which operations show a host path: asked for many paths that none of them shows. */
export interface Sources {
  add(source: string, index: number): void;
  /** The operations whose source is a host path or lies above it, in their order. */
  over(hostPath: string): readonly number[];
}

/** Host paths and the operations that show them, by the first name of each path: few share it. */
export function sourcesByName(): Sources {
  const byName = new Map<string, { readonly source: string; readonly index: number }[]>();
  const whole: number[] = [];
  return {
    add(source, index) {
      if (source === "/") return void whole.push(index);
      const name = firstName(source);
      const near = byName.get(name);
      if (near === undefined) byName.set(name, [{ source, index }]);
      else near.push({ source, index });
    },
    over(hostPath) {
      const near = byName.get(firstName(hostPath));
      if (near === undefined) return whole;
      const found = near.filter(({ source }) => isWithin(source, hostPath)).map(({ index }) => index);
      return found.length === 0 ? whole : [...whole, ...found].sort((a, b) => a - b);
    },
  };
}

function firstName(path: string): string {
  const end = path.indexOf("/", 1);
  return end < 0 ? path.slice(1) : path.slice(1, end);
}

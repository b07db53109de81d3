import type { HostMount } from "./host.ts";

/** Reads `/proc/self/mountinfo` (proc_pid_mountinfo(5)); lines of another shape are left out. */
export const parseMountinfo = (text: string): readonly HostMount[] =>
  text.split("\n").flatMap((line) => {
    // id parent major:minor root point options [optional fields…] - type source super-options
    const [front = "", back = ""] = line.split(" - ");
    const [, , device, root, point, options] = front.split(" ");
    const [type, , superOptions = ""] = back.split(" ");
    if (device === undefined || root === undefined || point === undefined || options === undefined || !type) return [];
    const readOnly = [options, superOptions].some((list) => list.split(",").includes("ro"));
    return [{ device, root: withoutEscapes(root), point: withoutEscapes(point), readOnly, type: withoutEscapes(type) }];
  });

/**
 * The kernel writes blank, tab, line feed and backslash as `\ooo` (mangle_path in fs/seq_file.c). A name may be any
 * bytes, but these four are ASCII, so that undoing them in decoded text is the same.
 */
const withoutEscapes = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

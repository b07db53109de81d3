/** What a path is for: a `pattern` may hold wildcards, a `device` is one with a `?` behind it if it is optional. */
export type PathKind = "path" | "pattern" | "device";

export interface PathRow {
  /** The keys that lead there: `*` is any key or item; at the end, `{}` are the keys of a mapping and `[]` the items of a list. */
  readonly route: readonly string[];
  readonly kind: PathKind;
  /** Words that are no paths there. */
  readonly except: readonly string[];
}

const row = (route: string, kind: PathKind = "path", except: readonly string[] = []): PathRow => ({
  route: route.split("."),
  kind,
  except,
});

const PRESETS = ["minimal", "full"];

const CLAIMS = ["hidden", "absent", "masked", "readable", "readonly", "writable", "device"];

/** Every place of one of the profile's own tests where a path stands; there are no patterns among them. */
export const TEST_PATHS: readonly PathRow[] = CLAIMS.map((claim) => row(`${claim}.[]`));

/**
 * Every place of a fragment where a path stands. What is not listed stays as written: targets of symlinks, contents
 * of files, names below /proc, words of commands.
 */
export const PATHS: readonly PathRow[] = [
  row("root.from"),
  row("mounts.{}"),
  row("mounts.*.from"),
  row("mounts.*.inside"),
  row("mounts.*.keep"),
  row("mounts.*.scratch", "path", ["true"]),
  row("mounts.*.when.exists"),
  row("mounts.*.when.absent"),
  row("mounts.*.when.empty"),
  row("marked.{}"),
  row("marked.*.from"),
  row("tmpfs.{}"),
  row("tmpfs.[]"),
  row("dirs.{}"),
  row("dirs.[]"),
  row("files.{}"),
  row("symlinks.{}"),
  row("devices.[]", "device", PRESETS),
  row("devices.nodes.[]", "device", PRESETS),
  row("mask.[]", "pattern"),
  row("protect.[]", "pattern"),
  row("protect.*.path", "pattern"),
  row("process.cwd", "path", ["caller"]),
  row("env.prepend.*.[]"),
  row("apis.*.at"),
  row("remove.mounts.[]"),
  row("remove.marked.[]"),
  row("remove.tmpfs.[]"),
  row("remove.dirs.[]"),
  row("remove.files.[]"),
  row("remove.symlinks.[]"),
  row("remove.devices.[]", "device", PRESETS),
  row("remove.mask.[]", "pattern"),
  row("remove.protect.[]", "pattern"),
];

/** What `-p` names: `NAME | #VARIANT | PATH[#VARIANT] | REF:PATH`. */
export type ProfileArgument =
  /** A variant of the profile that governs the directory. */
  | { readonly kind: "variant"; readonly variant: string }
  | { readonly kind: "builtin"; readonly name: string; readonly variant: string | undefined }
  /** As typed: `~` and relative paths are still to be resolved. */
  | { readonly kind: "file"; readonly path: string; readonly variant: string | undefined }
  /** A file of a git revision; the path starts at the top of the repository. */
  | {
      readonly kind: "revision";
      readonly revision: string;
      readonly path: string;
      readonly variant: string | undefined;
    };

const NAME = /^[A-Za-z0-9][\w-]*$/;
/** What can only be a path, so that a colon in it belongs to a name. */
const PATH = /^(?:[/~]|\.\.?(?:\/|$))/;

/** Reads the argument of `-p`; every text is one of the kinds. A file named like a built-in is written `./NAME`. */
export function parseProfileArgument(text: string): ProfileArgument {
  // A variant has no slash in its name: that `#` belongs to a directory.
  const last = text.lastIndexOf("#");
  const hash = text.includes("/", last) ? -1 : last;
  const name = hash === -1 ? text : text.slice(0, hash);
  const variant = hash === -1 ? undefined : text.slice(hash + 1);
  if (name === "" && variant !== undefined) return { kind: "variant", variant };
  if (NAME.test(name)) return { kind: "builtin", name, variant };
  const colon = PATH.test(name) ? -1 : name.indexOf(":");
  if (colon === -1) return { kind: "file", path: name, variant };
  return { kind: "revision", revision: name.slice(0, colon), path: name.slice(colon + 1), variant };
}

import { normalise, parentOf } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import { realpath } from "../model/realpath.ts";
import { aliases, deciding, type Permitted, permitter, type Tree, typeOf, type Walk, type Who } from "../tree/index.ts";
import { advise, type Ground, groundOf } from "./advice.ts";
import { type Deciders, deciders } from "./deciders.ts";
import { isDefault, isGit } from "./entry.ts";
import type { PathExplanation, Sighting } from "./explanation.ts";
import { summaryOf } from "./summary.ts";

/** Explains paths of one plan; what is needed for all of them is made once. */
export function pathExplainer(plan: Plan, who: Who, ground: Ground): (path: string) => PathExplanation {
  const { tree, host, effective } = ground;
  const entries = deciders(plan.operations, effective, host);
  const permits = permitter(tree.look, who);

  return (given) => {
    const path = given.includes("..") ? given : normalise(given);
    const walk = tree.walk(path);
    const decided = deciding(tree, walk);
    const operation = plan.operations[decided];
    const shadowed = tree.shadowed(walk).filter((index) => index !== decided && !isPin(plan.operations[index]));
    const last = walk.links.at(-1);
    const isDangling = last !== undefined && (walk.access === "absent" || walk.loop);
    const permitted = permits(walk);
    return {
      path,
      real: walk.path,
      access: walk.loop ? "absent" : walk.access,
      type: walk.loop ? "absent" : walk.type,
      // A link that leads nowhere stands there all the same.
      content: isDangling ? "link" : walk.content === "none" ? null : walk.content,
      host: (isDangling ? last.host : walk.host) ?? null,
      summary: summaryOf(walk, operation),
      decidedBy: entries.of(decided),
      shadowed: shadowed.flatMap((index) => entries.of(index) ?? []),
      skipped: walk.access === "absent" ? entries.skipped(walk.path) : [],
      links: links(walk, entries),
      permissions: { read: permitted.read ?? null, write: permitted.write ?? null },
      onHost: onHost(path, ground),
      notes: notes(walk, operation, { permitted, tree, pinned: decided !== walk.decidedBy }),
      advice: advise(walk, operation, ground),
    };
  };

  function onHost(path: string, { tree }: { readonly tree: Tree }): PathExplanation["onHost"] {
    const { path: real, stat } = realpath(host, path);
    // Who asks is another process than who runs inside.
    if (stat === undefined || /^\/proc\/\d/.test(real)) return null;
    const visible = new Map<string, Sighting>();
    for (const name of aliases(host, real)) {
      for (const place of tree.places(name)) visible.set(place.path, { path: place.path, access: place.access });
    }
    return { path: real, type: typeOf(stat), visible: [...visible.values()] };
  }
}

const isPin = (operation: Operation | undefined): boolean => operation?.kind === "pin";

const links = ({ links }: Walk, entries: Deciders): PathExplanation["links"] =>
  links.map(({ path, target = "", decidedBy }) => ({ path, target, decidedBy: entries.of(decidedBy) }));

interface Noted {
  readonly permitted: Permitted;
  readonly tree: Tree;
  readonly pinned: boolean;
}

function notes(walk: Walk, operation: Operation | undefined, { permitted, tree, pinned }: Noted): readonly string[] {
  const { access, type, owned, path } = walk;
  const all: string[] = [];
  if (access === "absent") {
    const base = groundOf(tree, path);
    if (
      !walk.loop &&
      tree.look(path).type === "absent" &&
      base.access === "rw" &&
      base.path === parentOf(path) &&
      operation?.kind !== "mask"
    ) {
      all.push(`the command may make it: ${base.path} is writable`);
    }
    return all;
  }
  const who = `${octal(owned?.mode)}, user ${owned?.uid}, group ${owned?.gid}`;
  if (permitted.find === false) all.push("a directory on the way is closed to the command: it finds nothing here");
  else if (permitted.read === false) all.push(`its mode lets the command not read it (${who})`);
  else if (access === "rw" && permitted.write === false) all.push(`its mode lets the command not write to it (${who})`);
  if (walk.readOnlyHost) all.push("the host itself mounts it read-only");
  if (walk.frozenBy !== undefined) all.push("made read-only after everything else was mounted");
  if (pinned) all.push("pinned: it can't be renamed or removed, for something below it is protected or hidden");
  if (operation && isDefault(operation.origin) && "source" in operation && !isGit(operation.source)) {
    if (operation.kind === "mask") all.push("sbx keeps something of its own there: hidden in every sandbox");
    if (operation.kind === "protect") all.push("a later run would read it: read-only in every sandbox");
  }
  if (type === "device" && access !== "device") all.push("device nodes work with `access: dev` or from `devices` only");
  return all;
}

const octal = (mode = 0): string => mode.toString(8).padStart(4, "0");

/** One option of a bwrap call with its operands; `--perms` belongs to the operation that follows. */
export type Unit = readonly string[];

const OPERANDS: Readonly<Record<string, number>> = {
  "--args": 1,
  "--bind": 2,
  "--cap-add": 1,
  "--cap-drop": 1,
  "--chdir": 1,
  "--dev": 1,
  "--dev-bind": 2,
  "--dir": 1,
  "--gid": 1,
  "--hostname": 1,
  "--perms": 1,
  "--proc": 1,
  "--remount-ro": 1,
  "--ro-bind": 2,
  "--ro-bind-data": 2,
  "--symlink": 2,
  "--tmpfs": 1,
  "--uid": 1,
};

/** The options of a call, the command as the last. */
export function unitsOf(args: readonly string[]): Unit[] {
  const units: string[][] = [];
  let carried: string[] = [];
  for (let index = 0; index < args.length; ) {
    const option = args[index] ?? "";
    const end = option === "--" ? args.length : index + 1 + (OPERANDS[option] ?? 0);
    const unit = [...carried, ...args.slice(index, end)];
    index = end;
    carried = option === "--perms" ? unit : [];
    if (option !== "--perms") units.push(unit);
  }
  return units;
}

const OPERATION = /^--(perms|tmpfs|proc|dev|dir|symlink|(dev-|ro-)?bind(-try|-data)?)$/;

/** Where an operation of the file system goes. */
export const destination = (unit: Unit): string | undefined =>
  OPERATION.test(unit[0] ?? "") ? unit.at(-1) : undefined;

export const asText = (units: readonly Unit[]): string[] => units.map((unit) => unit.join(" "));

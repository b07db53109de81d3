/** What one descriptor of bwrap is: a pipe with an input, the status pipe, the caller's own, or one to be closed. */
export type Slot = "input" | "status" | "gate" | "pass" | "close";

/** Which descriptors above 2 there are to place. */
export interface DescriptorRequest {
  /** Numbers that the invocation's arguments speak of. */
  readonly inputs: readonly number[];
  /** What the profile hands to the command. */
  readonly passFds: readonly number[];
  /** What bwrap would inherit: open here and not close-on-exec. */
  readonly inherited: readonly number[];
  /** Whether the command waits until sbx has looked at the sandbox. */
  readonly gated?: boolean;
}

/** Where each descriptor of bwrap comes from. */
export interface DescriptorPlan {
  /** By number; what is not named is not open in bwrap. */
  readonly slots: ReadonlyMap<number, Slot>;
  /** The number of the status pipe. */
  readonly status: number;
  /** The number of the pipe that the command waits for. */
  readonly gate: number | undefined;
  /** Numbers of `passFds` that an input has already. */
  readonly collisions: readonly number[];
}

/**
 * Gives every descriptor its place. Inputs keep their numbers, as the arguments name them: a stray one of the same
 * number is replaced by the pipe. All other strays are closed, see {@link bwrapOptions}.
 */
export function planDescriptors({ inputs, passFds, inherited, gated = false }: DescriptorRequest): DescriptorPlan {
  const slots = new Map<number, Slot>();
  for (const fd of inputs) slots.set(fd, "input");
  const passed = passFds.filter((fd) => fd > 2);
  const collisions = passed.filter((fd) => slots.has(fd));
  for (const fd of passed) if (!slots.has(fd)) slots.set(fd, "pass");
  for (const fd of inherited) if (fd > 2 && !slots.has(fd)) slots.set(fd, "close");
  const place = (slot: Slot): number => {
    let free = 3;
    while (slots.has(free)) free++;
    slots.set(free, slot);
    return free;
  };
  return { slots, status: place("status"), gate: gated ? place("gate") : undefined, collisions };
}

/**
 * Options for bwrap that go in front of all others. Neither Node nor bwrap closes an inherited descriptor (libuv
 * leaves those above 2 alone), but bwrap closes what it read arguments from: an empty `--args` is a close(2).
 */
export function bwrapOptions({ slots, status, gate }: DescriptorPlan): string[] {
  const strays = [...slots].filter(([, slot]) => slot === "close").map(([fd]) => fd);
  const wait = gate === undefined ? [] : ["--block-fd", `${gate}`];
  return ["--json-status-fd", `${status}`, ...wait, ...strays.flatMap((fd) => ["--args", `${fd}`])];
}

/** What one descriptor of bwrap is: a pipe with an input, the status pipe, the caller's own, or one to be closed. */
export type Slot = "input" | "status" | "pass" | "close";

/** Which descriptors above 2 there are to place. */
export interface DescriptorRequest {
  /** Numbers that the invocation's arguments speak of. */
  readonly inputs: readonly number[];
  /** What the profile hands to the command. */
  readonly passFds: readonly number[];
  /** What bwrap would inherit: open here and not close-on-exec. */
  readonly inherited: readonly number[];
}

/** Where each descriptor of bwrap comes from. */
export interface DescriptorPlan {
  /** By number; what is not named is not open in bwrap. */
  readonly slots: ReadonlyMap<number, Slot>;
  /** The number of the status pipe. */
  readonly status: number;
  /** Numbers of `passFds` that an input has already. */
  readonly collisions: readonly number[];
}

/**
 * Gives every descriptor its place. Inputs keep their numbers, as the arguments name them: a stray one of the same
 * number is replaced by the pipe. All other strays are closed, see {@link bwrapOptions}.
 */
export function planDescriptors({ inputs, passFds, inherited }: DescriptorRequest): DescriptorPlan {
  const slots = new Map<number, Slot>();
  for (const fd of inputs) slots.set(fd, "input");
  const passed = passFds.filter((fd) => fd > 2);
  const collisions = passed.filter((fd) => slots.has(fd));
  for (const fd of passed) if (!slots.has(fd)) slots.set(fd, "pass");
  for (const fd of inherited) if (fd > 2 && !slots.has(fd)) slots.set(fd, "close");
  let status = 3;
  while (slots.has(status)) status++;
  slots.set(status, "status");
  return { slots, status, collisions };
}

/**
 * Options for bwrap that go in front of all others. Neither Node nor bwrap closes an inherited descriptor (libuv
 * leaves those above 2 alone), but bwrap closes what it read arguments from: an empty `--args` is a close(2).
 */
export function bwrapOptions({ slots, status }: DescriptorPlan): string[] {
  const strays = [...slots].filter(([, slot]) => slot === "close").map(([fd]) => fd);
  return ["--json-status-fd", `${status}`, ...strays.flatMap((fd) => ["--args", `${fd}`])];
}

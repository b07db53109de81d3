import type { Problem } from "../model/problem.ts";
import type { StandardDescriptor } from "../model/session.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import type { DescriptorPlan } from "./descriptors.ts";
import type { Job } from "./job.ts";
import { isDirectory, isNodesOwn, type OpenDescriptors } from "./open-descriptors.ts";
import { passedDescriptor, standardDescriptor } from "./problems.ts";

const STANDARD = ["standard input", "standard output", "standard error"];

/** Why a job can't be run at all, found before anything is done. `given`: the caller's own descriptors that bwrap gets. */
export function refusals(
  job: Job,
  open: OpenDescriptors,
  { collisions }: DescriptorPlan,
  given: readonly StandardDescriptor[],
): Problem[] {
  const standard = STANDARD.flatMap((name, fd) => {
    return given.some((each) => each === fd) && isDirectory(fd) ? standardDescriptor({ fd, name }, DEFAULT_ORIGIN) : [];
  });
  const passed = job.process.passFds.flatMap((fd) => {
    const why = fd > 2 ? whyNotPassed(fd, open, collisions) : undefined;
    return why === undefined ? [] : passedDescriptor({ fd, why }, DEFAULT_ORIGIN);
  });
  return [...standard, ...passed];
}

function whyNotPassed(fd: number, open: OpenDescriptors, collisions: readonly number[]): string | undefined {
  if (!open.has(fd) || isNodesOwn(fd, open)) return "it is not open";
  if (isDirectory(fd)) return "it is a directory; through it the command could leave the sandbox";
  return collisions.includes(fd) ? "bwrap gets an input under that number" : undefined;
}

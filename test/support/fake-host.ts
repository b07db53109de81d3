import { describedHost } from "../../src/host/described.ts";
import type { Host } from "../../src/model/host.ts";
import type { DescribedFile, Machine } from "../../src/model/machine.ts";

export type FakeFile = DescribedFile;
export type FakeMachine = Machine;

/** A {@link Host} that reads nothing but its argument: `u`, at home in `/home/u`, unless it says otherwise. */
export const fakeHost = (machine: FakeMachine = {}): Host => describedHost({ home: "/home/u", user: "u", ...machine });

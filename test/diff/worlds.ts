import { type Planned, planOf } from "../compile/case.ts";
import { profileOf, type Sandbox } from "../compile/wishes.ts";
import type { FakeMachine } from "../support/fake-host.ts";

export const TOP = "/h";

/** The made up files below /h, where sbx's own configuration lies too. */
function machineOf(files: Sandbox["files"]): FakeMachine {
  const moved = Object.entries(files).map(([path, file]) => {
    const target = file.target?.replace(/^\//, `${TOP}/`);
    return [TOP + path, { ...file, ...(target === undefined ? {} : { target }) }] as const;
  });
  return { env: { XDG_CONFIG_HOME: `${TOP}/own` }, files: { [`${TOP}/`]: {}, ...Object.fromEntries(moved) } };
}

/** The plan of a made up sandbox, on its machine. */
export function planned(wished: Sandbox): Planned {
  const profile = { version: 1, devices: "none", proc: "false", ...profileOf(wished, TOP, true) };
  return planOf({ ".sandbox.yml": JSON.stringify(profile) }, machineOf(wished.files));
}

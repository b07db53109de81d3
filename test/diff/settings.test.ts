import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffPlans } from "../../src/diff/index.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { planOf } from "../compile/case.ts";
import { ROOT } from "../support/sbx.ts";
import { change, changed, lines, MACHINE } from "./side.ts";

describe("what changes beside paths", () => {
  it.each([
    ["network: host", "widens network: none -> host +network"],
    ["capabilities: [CAP_CHOWN]", "widens capabilities: none -> CAP_CHOWN +capability"],
    ["capabilities: keep", "widens capabilities: none -> the caller's +capability"],
    ["namespaces: {user: false, nested: true}", "widens user: its own -> the host's +isolation"],
    ["namespaces: {user: try, nested: true}", "widens user: its own -> its own if possible +isolation"],
    ["namespaces: {nested: true}", "widens nested: can't be made inside -> may be made inside +isolation"],
    ["namespaces: {cgroup: false}", "widens cgroup: its own if possible -> the host's +isolation"],
    ["namespaces: {cgroup: true}", "narrows cgroup: its own if possible -> its own -isolation"],
    ["process: {session: keep}", "widens session: auto -> keep +terminal"],
    ["process: {session: pty}", "neutral session: auto -> pty"],
    ["process: {stdin: none}", "narrows stdin: inherit -> none -descriptor"],
    ["process: {passFds: [7]}", "widens passFds: none -> 7 +descriptor"],
    ["process: {dieWithParent: false}", "widens dieWithParent: true -> false +kept"],
    ["process: {killAfter: 10s}", "neutral killAfter: 5s -> 10s"],
    ["process: {uid: 0}", "neutral uid: not set -> 0"],
    ["process: {hostname: box}", "neutral hostname: not set -> box"],
    ["process: {wrapper: [/usr/bin/sh, -x]}", "neutral wrapper: none -> /usr/bin/sh -x"],
    ["limits: {time: 10m}", "narrows time: none -> 10m -limit"],
    ["env: {pass: [TERM]}", "widens TERM: unset -> the host's +variable"],
    ["env: {require: [API_TOKEN]}", "widens API_TOKEN: unset -> the host's +variable"],
    ["env: {set: {CI: 1}}", 'neutral CI: unset -> "1"'],
    ["env: {set: {MY_TOKEN: canary}}", "neutral MY_TOKEN: unset -> set, not shown"],
    ["env: {set: {LD_PRELOAD: /x.so}}", 'widens LD_PRELOAD: unset -> "/x.so" +loader'],
    ["mounts: {/usr: ro}\nenv: {set: {PATH: /usr/bin}}", 'neutral PATH: unset -> "/usr/bin"'],
    ["env: {set: {PATH: /can/be/made}}", 'widens PATH: unset -> "/can/be/made" +loader'],
    [
      "apis: {metrics: {command: [/bin/serve], at: /run/m}}",
      "widens metrics: not started -> /bin/serve at /run/m +service",
    ],
  ])("%s", (after, told) => {
    expect(changed("", after)).toContain(told);
    const [, word = "", rest = ""] = /^(\w+) (\w+)/.exec(told) ?? [];
    const back = { widens: "narrows", narrows: "widens" }[word] ?? word;
    expect(changed(after, "").some((line) => line.startsWith(`${back} ${rest}: `))).toBe(true);
    expect(changed(after, after)).toEqual([]);
  });

  it.each([
    ["capabilities: [CAP_CHOWN]", "capabilities: [CAP_CHOWN, CAP_KILL]", "widens"],
    ["capabilities: [CAP_CHOWN]", "capabilities: [CAP_KILL]", "widens"],
    ["capabilities: {drop: [CAP_CHOWN]}", "capabilities: keep", "widens"],
    ["capabilities: {drop: [CAP_CHOWN]}", "capabilities: [CAP_KILL]", "narrows"],
    ["capabilities: {drop: [CAP_CHOWN]}", "capabilities: [CAP_CHOWN]", "widens"],
    ["limits: {time: 1m}", "limits: {time: 2m}", "widens"],
    ["limits: {time: 1m}", "", "widens"],
    ["limits: {memory: 1G}", "limits: {memory: {value: 1G, try: true}}", "widens"],
    ["limits: {memory: 2G}", "limits: {memory: 1G}", "narrows"],
    ["env: {set: {A: 1}}", "env: {set: {A: 2}}", "neutral"],
    ["env: {set: {TERM: dumb}}", "env: {pass: [TERM]}", "widens"],
    ["env: {pass: [TERM]}", "env: {set: {TERM: dumb}}", "narrows"],
    ["mounts: {.: rw}\nenv: {set: {PATH: /usr/bin}}", "mounts: {.: rw}\nenv: {set: {PATH: ./bin:/usr/bin}}", "widens"],
    [
      'mounts: {.: rw}\nenv: {set: {PATH: "${PROJECT}/bin:/usr/bin"}}',
      "mounts: {.: rw}\nenv: {set: {PATH: /usr/bin}}",
      "narrows",
    ],
  ])("%s to %s: %s", (before, after, word) => {
    expect(change(before, after).plans.map(({ change: told }) => told)).toEqual([word]);
  });

  it("never tells a value that looks like a secret, and tells that it is another one", () => {
    const { plans } = change("env: {set: {MY_TOKEN: canary1}}", "env: {set: {MY_TOKEN: canary2}}");
    expect(lines(plans)).toEqual(["neutral MY_TOKEN: set, not shown -> set, not shown"]);
    expect(JSON.stringify(plans)).not.toContain("canary");
  });

  it("tells of files with several names that are no longer copied before they are written", () => {
    const machine = { ...MACHINE, files: { ...MACHINE.files, "/stage/usr/file": { text: "", nlink: 2 } } };
    const root = (artifact: boolean) => `root: {from: /stage, access: rw, artifact: ${artifact}}`;
    expect(changed(root(true), root(false), machine)).toEqual([
      "widens /stage: hard links copied first -> written through +host-write",
    ]);
  });

  it("tells of what is left on the host", () => {
    const made = "mounts: {/srv: rw, /srv/new: {access: rw, missing: create}}";
    expect(changed("mounts: {/srv: rw}", made)).toContain(
      "widens /srv/new: not made -> directory, made and left +kept",
    );
  });
});

it("leaves out no part of a plan", () => {
  const { properties } = JSON.parse(readFileSync(join(ROOT, "schema/plan.schema.json"), "utf8"));
  // What is compared elsewhere than in settings: operations, prepare and footprint in paths and host-side, env in environment.
  const compared = [
    "operations",
    "env",
    "process",
    "limits",
    "namespaces",
    "network",
    "capabilities",
    "prepare",
    "footprint",
  ];
  const aboutItself = ["version", "project", "warnings"];
  expect(Object.keys(properties).sort()).toEqual([...compared, ...aboutItself].sort());
  const { plan, host } = planOf({ ".sandbox.yml": "version: 1\n" });
  if (plan === undefined) throw new Error("no plan");
  for (const part of ["process", "limits", "namespaces"] as const) {
    for (const name of Object.keys(properties[part].properties)) {
      const value = properties[part].properties[name].properties.value?.type === "array" ? [7] : 7;
      const other = { ...plan, [part]: { ...plan[part], [name]: { value, try: false, origin: DEFAULT_ORIGIN } } };
      expect(diffPlans(plan, other, host).map(({ subject }) => subject)).toEqual([name]);
    }
  }
});

describe("what makes no difference on this machine", () => {
  it.each([
    ["", "mounts: {/no/such: rw?}", "widens /no/such: absent -> rw host, where it is +host-write elsewhere"],
    [
      "",
      "mounts: {/opt: {from: /srv/data, when: {exists: /opt/x}}}",
      "widens /opt: absent -> ro host /srv/data, where it is +host-read elsewhere",
    ],
    [
      "mounts: {/srv: rw}",
      "mounts: {/srv: rw, /srv/no: rw?}",
      "neutral /srv/no: absent -> rw host, where it is elsewhere",
    ],
    ["devices: minimal", "devices: [/dev/kvm?]", "widens /dev/kvm: absent -> device, where it is +device elsewhere"],
    ["", "env: {pass: [AWS_PROFILE]}", "widens AWS_PROFILE: unset -> the host's, where it is set +variable elsewhere"],
    [
      "mounts: {~: ro}\nmask: [~/.aws]",
      "mounts: {~: ro}",
      "widens /home/u/.aws: masked, where it is -> as it is +host-read elsewhere",
    ],
    [
      'mounts: {.: ro}\nmask: ["**/.env"]',
      "mounts: {.: ro}",
      "widens /home/u/proj/**/.env: masked, where it is -> as it is +host-read elsewhere",
    ],
    [
      "mounts: {.: rw}\nprotect: [{path: .envrc, missing: skip}]",
      "mounts: {.: rw}",
      "widens /home/u/proj/.envrc: protected, where it is -> writable +host-write elsewhere",
    ],
  ])("%s to %s", (before, after, told) => {
    const quoted = (text: string) => text.replace("{~:", '{"~":');
    expect(lines(change(quoted(before), quoted(after)).profiles)).toEqual([told]);
    const word = told.startsWith("widens") ? "narrows" : "neutral";
    expect(change(quoted(after), quoted(before)).profiles.map(({ change: back }) => back)).toEqual([word]);
  });

  it.each([
    ["a name that a pattern covers", 'env: {pass: ["AWS_*"]}', 'env: {pass: ["AWS_*", AWS_PROFILE]}'],
    [
      "a mask below another one",
      'mounts: {"~": ro}\nmask: [~/.aws]',
      'mounts: {"~": ro}\nmask: [~/.aws, ~/.aws/config]',
    ],
    ["a mask of what nobody shows", "mask: [~/.aws]", ""],
  ])("is nothing with %s", (_, before, after) => {
    expect(lines(change(before, after).profiles)).toEqual([]);
  });
});

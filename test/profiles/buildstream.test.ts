import { describe, expect, it } from "vitest";
import { isWithin } from "../../src/model/path.ts";
import { planProfile, type Request } from "../../src/pipeline.ts";
import { bwrap, targetNamed } from "../../src/render/index.ts";
import { formatProblems } from "../../src/report/index.ts";
import { fakeHost } from "../support/fake-host.ts";
import {
  COMBINATIONS,
  COMMAND,
  CWD,
  DEVIATIONS,
  FLAGS,
  type Flag,
  IDS,
  MARKS,
  ROOT,
  SEED_ENVIRONMENT,
  seedCall,
} from "./buildstream-seed.ts";
import { asText, destination, type Unit, unitsOf } from "./seed-argv.ts";

const character = { type: "character", mode: 0o666 } as const;
const NODES = ["full", "null", "urandom", "random", "zero", "tty"];

/** A staged tree, with what bwrap mounts upon. */
const FILES = {
  ...Object.fromEntries(["usr/bin", "tmp", "dev", "proc"].map((name) => [`${ROOT}/${name}/`, ""])),
  ...Object.fromEntries(MARKS.map((path) => [`${ROOT}${path}/`, ""])),
  ...Object.fromEntries(NODES.map((name) => [`/dev/${name}`, character])),
};

const USERS = [
  { user: "root", uid: 0, home: "/root" },
  { user: "ordinary", uid: 1000, home: "/home/u" },
] as const;
const [ROOT_USER, ORDINARY] = USERS;
type User = (typeof USERS)[number];

const PROFILES = {
  "buildstream-build": ["root-read-only"],
  "buildstream-integration": [],
  "buildstream-shell": ["root-read-only", "network", "interactive", "inherit-uid"],
  "buildstream-shell-isolated": ["root-read-only", "interactive"],
} as const satisfies Readonly<Record<string, readonly Flag[]>>;
type Name = keyof typeof PROFILES;
const NAMES = Object.keys(PROFILES) as Name[];

interface Wish {
  readonly flags?: readonly Flag[];
  readonly cwd?: string;
  readonly more?: object;
  readonly request?: Request;
}

/** The plan of a profile with two marked directories; the flags on the command line say which sets are on. */
function planOf(name: Name, { uid, home }: User, { flags, cwd = CWD, more, request }: Wish = {}) {
  const host = fakeHost({ uid, gid: uid, home, cwd: "/srv", files: FILES });
  const values = { root: ROOT, cwd, ...IDS };
  const set = Object.entries(values).map(([key, value]) => ({ name: key, value: String(value), argument: 0 }));
  const marked = { [MARKS[0]]: {}, [MARKS[1]]: { artifact: true } };
  const profile = { directory: "/srv", version: 1, extends: [name], marked, ...more };
  const switches = flags && FLAGS.map((flag) => ({ name: flag, on: flags.includes(flag) }));
  return planProfile({ profile, set, ...(switches && { flags: switches }), ...request }, host);
}

async function callOf(name: Name, user: User, wish: Wish = {}) {
  const { value, problems } = await planOf(name, user, wish);
  const target = targetNamed("bwrap-0.8").value;
  if (value === undefined || target === undefined) throw new Error(formatProblems(problems));
  const rendered = bwrap.render(value.plan, target, COMMAND);
  if (rendered.value === undefined) throw new Error(formatProblems(rendered.problems));
  const { args, env } = rendered.value;
  return { args, env, units: unitsOf(args), plan: value.plan };
}

const title = (flags: readonly Flag[]): string => flags.join(" + ") || "no flag";
const deviationsOf = (user: User, flags: readonly Flag[]) =>
  DEVIATIONS.filter(
    (each) => (each.user ?? user.user) === user.user && (each.with === undefined || flags.includes(each.with)),
  );

describe.each(USERS)("a call of the BuildStream profiles as $user, against the seed's", (user) => {
  it.each(COMBINATIONS.map((flags) => [title(flags), flags] as const))(
    "does the same operations, but for the listed deviations, each of which occurs: %s",
    async (_, flags) => {
      const { units } = await callOf("buildstream-build", user, { flags });
      const deviations = deviationsOf(user, flags);
      const seed = asText(seedCall(flags));
      const gone = asText(deviations.flatMap(({ seed: without = [] }) => without));
      const added = asText(deviations.flatMap(({ profile = [] }) => profile));
      expect(seed).toEqual(expect.arrayContaining(gone));
      expect(asText(units).sort()).toEqual([...seed.filter((unit) => !gone.includes(unit)), ...added].sort());
    },
  );

  it.each(COMBINATIONS.map((flags) => [title(flags), flags] as const))(
    "does them in the same order wherever one destination lies under another: %s",
    async (_, flags) => {
      // A mark of a device, and two of which one lies in the other.
      const marked = { "/dev/zero": { from: "/dev/null" }, "/buildstream/build/in": {}, "/tmp/in": {} };
      const { units } = await callOf("buildstream-build", user, { flags, more: { marked } });
      const theirs: Unit[] = [
        ...seedCall(flags).filter((unit) => !MARKS.some((path) => path === unit.at(-1))),
        ...["/dev/zero", "/buildstream/build/in", "/tmp/in"].map((path): Unit => ["--dev-bind", "x", path]),
      ];
      const last = (call: readonly Unit[], at: string) => call.findLastIndex((unit) => destination(unit) === at);
      const places = [...new Set(theirs.flatMap((unit) => destination(unit) ?? []))];
      const pairs = places.flatMap((outer) =>
        places.filter((inner) => inner !== outer && isWithin(outer, inner)).map((inner) => [outer, inner] as const),
      );
      expect(pairs.length).toBeGreaterThanOrEqual(places.length - 1);
      for (const [outer, inner] of pairs) {
        expect([outer, inner, last(theirs, inner) > last(theirs, outer)]).toEqual([outer, inner, true]);
        expect([outer, inner, last(units, inner) > last(units, outer)]).toEqual([outer, inner, true]);
      }
    },
  );
});

describe("the deviations", () => {
  it("each have a reason", () => {
    for (const { because } of DEVIATIONS) expect(because).toMatch(/\w+ \w+/);
  });
});

describe("the four flag sets", () => {
  it("combine into sixteen calls", async () => {
    const calls: string[] = [];
    for (const flags of COMBINATIONS) {
      const { units } = await callOf("buildstream-build", ORDINARY, { flags });
      calls.push(`# ${title(flags)}\n${asText(units).join("\n")}\n`);
    }
    await expect(calls.join("\n")).toMatchFileSnapshot("buildstream-calls.txt");
  });

  it.each(NAMES)("are what %s has of them", async (name) => {
    for (const user of USERS) {
      const plain = await callOf(name, user);
      const asked = await callOf("buildstream-build", user, { flags: PROFILES[name] });
      expect(plain.args).toEqual(asked.args);
    }
  });

  it.each(NAMES)("can all be switched in %s", async (name) => {
    for (const flags of COMBINATIONS) {
      const { args } = await callOf(name, ORDINARY, { flags });
      expect([flags, args]).toEqual([flags, (await callOf("buildstream-build", ORDINARY, { flags })).args]);
    }
  });

  it("leave the input and the terminal to interactive runs", async () => {
    for (const flags of COMBINATIONS) {
      const { stdin, session } = (await callOf("buildstream-build", ORDINARY, { flags })).plan.process;
      const expected = flags.includes("interactive") ? ["inherit", "pty"] : ["none", "new"];
      expect([flags, stdin.value, session.value]).toEqual([flags, ...expected]);
    }
  });

  it("have a fifth beside them for /dev/shm, after the devices", async () => {
    const on = { request: { flags: [{ name: "dev-shm", on: true }] } };
    for (const name of NAMES) {
      const { units } = await callOf(name, ORDINARY, on);
      const texts = asText(units);
      expect(texts).toContain("--perms 1777 --tmpfs /dev/shm");
      const before = texts.slice(0, texts.indexOf("--perms 1777 --tmpfs /dev/shm"));
      expect(before.some((text) => text === "--dev /dev" || text === "--dev-bind /dev/zero /dev/zero")).toBe(true);
      expect(asText((await callOf(name, ORDINARY)).units)).not.toContain("--perms 1777 --tmpfs /dev/shm");
    }
  });
});

describe("the environment of the BuildStream profiles", () => {
  it.each(NAMES)("is the seed's in %s, with a prompt in shells", async (name) => {
    const { env } = await callOf(name, ROOT_USER);
    const prompt = name.includes("shell") ? { PS1: "buildstream$ " } : {};
    expect(env).toEqual({ ...SEED_ENVIRONMENT, ...prompt });
  });

  it("takes a prompt of the caller's", async () => {
    const { env } = await callOf("buildstream-shell", ROOT_USER, { more: { params: { prompt: "> " } } });
    expect(env.PS1).toBe("> ");
  });
});

describe("what is hard-linked from a store", () => {
  const copied = async (flags: readonly Flag[]) =>
    (await callOf("buildstream-build", ORDINARY, { flags })).plan.prepare.flatMap((step) =>
      step.kind === "copy-hard-links" ? [step.path] : [],
    );

  it("is copied first wherever the command can write: all of a writable root, and marks that say so", async () => {
    for (const flags of COMBINATIONS) {
      const inRoot = flags.includes("root-read-only") ? [] : [ROOT];
      expect([flags, await copied(flags)]).toEqual([flags, [...inRoot, `${ROOT}${MARKS[1]}`]]);
    }
  });
});

describe("the parameters of the BuildStream profiles", () => {
  it.each(NAMES)("are the tree, and for %s a place and ids with defaults", async (name) => {
    const host = fakeHost({ home: "/home/u", cwd: "/srv", files: FILES });
    const alone = await planProfile({ profile: name, set: [{ name: "root", value: ROOT, argument: 0 }] }, host);
    const process = alone.value?.plan.process;
    const ids = name === "buildstream-shell" ? [undefined, undefined] : [0, 0];
    expect([process?.cwd.value, process?.uid?.value, process?.gid?.value]).toEqual(["/", ...ids]);
    const none = await planProfile({ profile: name }, host);
    expect(none.problems.map(({ rule }) => rule)).toEqual(["param/required"]);
  });

  it("may name a place that is missing: it is made, and goes again", async () => {
    for (const flags of COMBINATIONS) {
      const { units, plan } = await callOf("buildstream-build", ORDINARY, { flags, cwd: "/made/for/it" });
      expect(asText(units)).toEqual(expect.arrayContaining(["--dir /made/for/it", "--chdir /made/for/it"]));
      const made = plan.prepare.flatMap((step) => (step.kind === "mount-point" ? [step.path] : []));
      expect(made).toContain(`${ROOT}/made/for/it`);
    }
  });

  it("name an absolute place, or it is an error", async () => {
    const { value, problems } = await planOf("buildstream-build", ORDINARY, { cwd: "build" });
    expect([value, problems.map(({ rule }) => rule)]).toEqual([undefined, ["path/relative"]]);
  });

  it("are checked", async () => {
    const rules = async (...texts: string[]) => {
      const request = { set: ["root=/srv/root", ...texts].map((text) => setting(text)) };
      return (await planOf("buildstream-build", ORDINARY, { request })).problems.map(({ rule }) => rule);
    };
    expect(await rules("uid=nobody")).toEqual(["param/type"]);
    expect(await rules("build-uid=1")).toEqual(["param/unknown"]);
    expect(await rules("uid=1", "gid=2")).toEqual([]);
  });
});

const setting = (text: string) => {
  const [name = "", value = ""] = text.split("=");
  return { name, value, argument: 0 };
};

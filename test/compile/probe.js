// Runs inside a sandbox: says what stands at each path, then tries to break out of what is promised, and looks again.
const fs = require("node:fs");
const path = require("node:path");

const { paths, roots, targets } = JSON.parse(fs.readFileSync("/probe/wishes.json", "utf8"));

const attempt = (action) => {
  try {
    return action();
  } catch (error) {
    return { error: error.code };
  }
};
const typeOf = (stat) =>
  stat.isDirectory()
    ? "directory"
    : stat.isSymbolicLink()
      ? "link"
      : stat.isFile()
        ? "file"
        : stat.isCharacterDevice()
          ? "device"
          : "other";
const tell = (at, stat) => {
  const found = attempt(() => {
    const { dev, ino } = stat(at);
    return { type: typeOf(stat(at)), dev, ino };
  });
  if (found.error) return found;
  if (found.type === "link") return { ...found, target: fs.readlinkSync(at) };
  const denied = attempt(() => fs.accessSync(at, fs.constants.W_OK))?.error;
  const content = found.type === "file" ? attempt(() => fs.readFileSync(at, "utf8")) : undefined;
  return { ...found, denied, content };
};

/** The content of every file that can be found. */
const readAll = (directory, contents) => {
  for (const name of [attempt(() => fs.readdirSync(directory))].flat().filter((each) => typeof each === "string")) {
    const at = path.join(directory, name);
    const stat = attempt(() => fs.lstatSync(at));
    if (stat.error) continue;
    if (stat.isDirectory()) readAll(at, contents);
    else if (stat.isFile()) contents.add(attempt(() => fs.readFileSync(at, "utf8")));
  }
  return contents;
};
const everything = () => {
  const contents = new Set();
  // A link could lead to all of /usr.
  for (const root of roots) if (attempt(() => fs.lstatSync(root).isDirectory()) === true) readAll(root, contents);
  return [...contents].filter((each) => typeof each === "string");
};

/** Moves away what leads to a path, from the top and from below, and puts something else there. */
const attack = (target) => {
  const parents = target.split("/").slice(1, -1);
  const above = parents.map((_, index) => `/${parents.slice(0, index + 1).join("/")}`);
  for (const victim of [...above, target, ...above.reverse()]) {
    attempt(() => fs.appendFileSync(target, "evil"));
    attempt(() => fs.renameSync(victim, `${victim}.moved`));
    attempt(() => fs.mkdirSync(path.dirname(target), { recursive: true }));
    attempt(() => fs.writeFileSync(target, "evil"));
    attempt(() => fs.rmSync(target, { recursive: true }));
    attempt(() => fs.symlinkSync("/evil", target));
    attempt(() => fs.writeFileSync(path.join(target, "planted"), "evil"));
  }
};

const seen = Object.fromEntries(
  paths.map((at) => [at, { itself: tell(at, fs.lstatSync), followed: tell(at, fs.statSync) }]),
);
const mountinfo = fs.readFileSync("/proc/self/mountinfo", "utf8");
const before = everything();
for (const target of targets) attack(target);
process.stdout.write(JSON.stringify({ seen, mountinfo, before, after: everything() }));

// Runs inside a sandbox: finds out about each path by trying, as any program would.
const fs = require("node:fs");
const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_CREAT, O_EXCL } = fs.constants;

const paths = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

const codeOf = (action) => {
  try {
    return action() ?? "";
  } catch (error) {
    return { error: error.code };
  }
};
const opened = (at, flags) => codeOf(() => void fs.closeSync(fs.openSync(at, flags | O_NONBLOCK)))?.error ?? "";
const typeOf = (stat) =>
  stat.isDirectory()
    ? "directory"
    : stat.isFile()
      ? "file"
      : stat.isSocket()
        ? "socket"
        : stat.isFIFO()
          ? "fifo"
          : stat.isSymbolicLink()
            ? "link"
            : "device";

/** Making something in a directory is how it is written to. */
function made(at) {
  const probe = `${at}/.sbx-try-${process.pid}`;
  const error = opened(probe, O_WRONLY | O_CREAT | O_EXCL);
  if (error === "") fs.unlinkSync(probe);
  return error;
}

function tryPath(at) {
  const stat = codeOf(() => fs.statSync(at, { bigint: true }));
  if (stat.error) return { error: stat.error };
  const type = typeOf(stat);
  const read = type === "directory" ? (codeOf(() => void fs.readdirSync(at)).error ?? "") : opened(at, O_RDONLY);
  const attempted = type === "directory" ? made(at) : opened(at, O_WRONLY);
  // Nobody writes to a running program, nor makes anything in a sysfs; access(2) tells about everything else.
  const write = ["ETXTBSY", "ENOENT"].includes(attempted) ? (codeOf(() => fs.accessSync(at, fs.constants.W_OK)).error ?? "") : attempted;
  return { type, identity: `${stat.dev}:${stat.ino}`, read, write };
}

const tries = Object.fromEntries(paths.map((at) => [at, tryPath(at)]));
process.stdout.write(JSON.stringify({ tries, mountinfo: fs.readFileSync("/proc/self/mountinfo", "utf8") }));

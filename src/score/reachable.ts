import { knownSockets } from "../model/known-sockets.ts";
import { isWithin } from "../model/path.ts";
import { STANDARD_NODES } from "../model/standard-nodes.ts";
import { boundSockets, originsOf, type Standing, seen, shownBinds } from "../tree/index.ts";
import { closed, type Item, type Judged } from "./item.ts";

export const sockets: Item = {
  id: "host/sockets",
  weight: 0.9,
  title: "servers of the host that can be reached by a socket",
  levels:
    "0.5 for any; 1 for one that starts programs outside (containers, systemd, the session bus), and then at least 9.0",
  because:
    "A server acts with its own rights, and a read-only mount does not keep a socket closed " +
    "(bubblewrap's README on D-Bus; firejail#796; docker.sock is root).",
  measure(judged) {
    const { engines, sessionBus, systemd, ...rest } = knownSockets(judged.host);
    // These do for anybody what sbx is to keep a command from: they start programs outside.
    const isReached = (path: string) => reached(judged, path);
    const worst = [...engines, ...sessionBus, ...systemd].filter(isReached);
    const known = Object.values(rest).flat();
    const others = [...known, ...boundSockets(judged.host)].filter(isReached);
    const found = [...new Set([...worst, ...others])];
    if (found.length === 0) return closed("none");
    const origins = originsOf(
      judged,
      found.flatMap((path) => seen(judged, path)),
    );
    const more = found.length > 3 ? ` and ${found.length - 3} more` : "";
    const told = `${found.slice(0, 3).join(", ")}${more}`;
    return { exposure: worst.length > 0 ? 1 : 0.5, found: told, origins, ...(worst.length > 0 ? { atLeast: 9 } : {}) };
  },
};

/**
 * Whether a command can connect to what listens there, or could: most servers come and go. Where all of the host is the
 * root, or a home, there is room for each that anybody has ever written: there it has to be.
 */
function reached({ plan, tree, host }: Judged, path: string): boolean {
  const places = seen({ tree, host }, path);
  if (host.lstat(path) !== undefined) return places.length > 0;
  const isOfRoot = ({ mount }: Standing) => plan.operations[mount]?.at === "/";
  return !isWithin(host.home, path) && places.some((place) => !isOfRoot(place));
}

export const network: Item = {
  id: "network",
  weight: 1.2,
  title: "network",
  levels: "1 with the host's",
  because:
    "What was read can be sent away; servers that listen on the host's loopback and abstract sockets, X11 among them, " +
    "are in reach (bubblewrap#330, bubblejail#145).",
  measure({
    plan: {
      network: { value, origin },
    },
  }) {
    return value === "host" ? { exposure: 1, found: "the host's", origins: [origin] } : closed("its own loopback");
  },
};

export const devices: Item = {
  id: "devices",
  weight: 0.5,
  title: "devices beyond those that every program expects",
  levels: "0.5 for single nodes; 1 for a disk or a directory of nodes, and then at least 8.0",
  because:
    "Disks, memory and input devices lead past every mount; each driver is attack surface (bwrap(1), --dev-bind).",
  measure(judged) {
    const found = shownBinds(judged).filter(({ access, source }) => access === "dev" && !STANDARD_NODES.has(source));
    const made = judged.plan.prepare.flatMap((step) =>
      step.kind === "make-node" && !STANDARD_NODES.has(step.source) ? [step] : [],
    );
    if (found.length + made.length === 0) return closed("none");
    const isWhole = found.some(({ source, type }) => {
      const stat = judged.host.lstat(source)?.type ?? type;
      return stat === "directory" || stat === "block";
    });
    const isDisk = made.some(({ source }) => judged.host.lstat(source)?.type === "block");
    const worst = isWhole || isDisk;
    return {
      exposure: worst ? 1 : 0.5,
      found: [...found, ...made].map(({ source }) => source).join(", "),
      origins: [...found, ...made].map(({ origin }) => origin),
      ...(worst ? { atLeast: 8 } : {}),
    };
  },
};

export const services: Item = {
  id: "services",
  weight: 0.1,
  title: "servers that run on the host for it",
  levels: "1 for any",
  because: "What they do for the command is done outside of the sandbox.",
  measure({ plan }) {
    const found = plan.prepare.flatMap((step) => (step.kind === "start-api" ? [step] : []));
    if (found.length === 0) return closed("none");
    return { exposure: 1, found: found.map(({ name }) => name).join(", "), origins: found.map(({ origin }) => origin) };
  },
};

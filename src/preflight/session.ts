import type { Host } from "../model/host.ts";
import { below, isAbsolute } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Result } from "../model/problem.ts";
import type { Session, StandardDescriptor } from "../model/session.ts";
import type { Tree } from "../tree/index.ts";
import { whyUnstartable } from "./command.ts";
import { noSetsid, noStty, noTerminal } from "./problems.ts";

/** What of the machine and the caller decides. */
export interface Surroundings {
  readonly host: Host;
  readonly tree: Tree;
  /** Those of the caller's descriptors 0 to 2 that are terminals. */
  readonly terminals: readonly StandardDescriptor[];
  /** Whether the caller waits for the run, and can type. */
  readonly foreground: boolean;
  /** Looks for a program on the host. */
  readonly find: (name: string) => string | undefined;
  readonly searchPath: string | undefined;
}

/**
 * `auto` is a pty when standard input and output are terminals and sbx is in the foreground, else a new session. A command with CAP_SYS_ADMIN in the
 * caller's own user namespace is relayed whatever the profile says, for TIOCSTI works for it in any session (measured).
 */
export function settleSession(plan: Plan, around: Surroundings): Result<Session> {
  const { session, stdin } = plan.process;
  const terminals = around.terminals.filter((fd) => fd !== 0 || stdin.value === "inherit");
  const privileged = keepsAdmin(plan, around.host.uid);
  const settled = (value: Session): Result<Session> => ({ value, problems: [] });
  if (session.value === "keep") {
    if (privileged) return { value: undefined, problems: [noTerminal({}, session.origin)] };
    const restorer = terminals.length > 0 ? (around.find("perl") ?? around.find("python3")) : undefined;
    return settled({ kind: "keep", restorer });
  }
  // A job in the background would be stopped for reading the terminal: there `auto` has nothing to relay.
  const isInteractive = terminals.includes(0) && terminals.includes(1) && around.foreground;
  const wanted = privileged || session.value === "pty" || (session.value === "auto" && isInteractive);
  if (terminals.length === 0) return settled({ kind: "new" });
  if (!wanted) {
    // What is only written to is relayed: a terminal's descriptor could be read from, and its settings changed.
    const stty = terminals.includes(0) ? undefined : around.find("stty");
    return settled(stty === undefined ? { kind: "new" } : { kind: "pty", terminals, leader: [], stty, optional: true });
  }

  const optional = session.value === "auto" && !privileged;
  const { origin } = privileged && session.value !== "pty" ? plan.capabilities : session;
  const leader = terminals.includes(0) ? sessionLeader(around) : [];
  if (leader === undefined) {
    return optional ? settled({ kind: "new" }) : { value: undefined, problems: [noSetsid({}, origin)] };
  }
  const stty = around.find("stty");
  if (stty === undefined) {
    return optional ? settled({ kind: "new" }) : { value: undefined, problems: [noStty({}, origin)] };
  }
  return settled({ kind: "pty", terminals, leader, stty, optional });
}

/**
 * setsid(1) of the sandbox, util-linux or busybox: bwrap makes a session, but nothing in it a controlling terminal. Were
 * bwrap itself in the terminal's session, ^C would end it with every program that is no shell (measured).
 */
function sessionLeader({ tree, host, searchPath = "" }: Surroundings): string[] | undefined {
  const directories = ["/usr/bin", "/bin", ...searchPath.split(":").filter(isAbsolute)];
  const found = directories
    .map((directory) => below(directory, "setsid"))
    .find((path) => whyUnstartable(tree, host, path, { path: undefined, cwd: "/" }) === undefined);
  return found === undefined ? undefined : [found, "-c"];
}

/** Whether the command has CAP_SYS_ADMIN in the caller's own user namespace: --new-session does not stop it. */
function keepsAdmin({ namespaces, capabilities: { value } }: Plan, uid: number): boolean {
  if (namespaces.user.value === true || uid !== 0) return false;
  if (value.add.some((name) => name === "CAP_SYS_ADMIN" || name === "ALL")) return true;
  return value.base === "inherited" && !value.drop.some((name) => name === "CAP_SYS_ADMIN" || name === "ALL");
}

import { abstractSockets } from "../../../tree/index.ts";
import { issue, manual } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ socket: string }>({
  id: "sock/x11-abstract",
  severity: "warning",
  about: "settings",
  title: "The host's network is shared while an X server listens on an abstract socket there.",
  why: "Abstract sockets belong to the network namespace: no mount keeps them out. A profile that grants no X socket has one all the same, with every key that is typed.",
  sources: [issue("containers/bubblewrap", 330), issue("igo95862/bubblejail", 145), manual("unix(7)")],
  fix: "Give the sandbox a network of its own (`network: none`), or have the X server not listen there (`-nolisten local`).",
  needs: "machine",
  bad: {
    profile: "version: 1\nextends: [base]\nnetwork: host\n",
    where: "an X server listens on `@/tmp/.X11-unix/X0`",
    machine: {
      files: {
        "/proc/net/unix":
          "Num       RefCount Protocol Flags    Type St Inode Path\n0000000000000000: 00000002 00000000 00010000 0001 01 20001 @/tmp/.X11-unix/X0\n",
      },
    },
  },
  good: {
    profile: "version: 1\nextends: [base]\nnetwork: none\n",
    where: "an X server listens on `@/tmp/.X11-unix/X0`",
    machine: {
      files: {
        "/proc/net/unix":
          "Num       RefCount Protocol Flags    Type St Inode Path\n0000000000000000: 00000002 00000000 00010000 0001 01 20001 @/tmp/.X11-unix/X0\n",
      },
    },
  },
  message: ({ socket }) => `the host's network brings its X server's abstract socket ${socket} with it`,
  help: () => "write `network: none`, or start the X server with `-nolisten local`",
  *check(facts) {
    const { plan, machine } = facts;
    if (plan.network.value !== "host") return;
    const socket = machine && abstractSockets(machine).find((name) => name.startsWith("@/tmp/.X11-unix/"));
    const isGranted = reachesAny(facts, socketsOf(facts).x11).length > 0;
    if (socket !== undefined && !isGranted) yield { data: { socket }, at: plan.network.origin };
  },
});

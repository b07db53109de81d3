import { peer } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/docker",
  severity: "error",
  title: "The socket of a container engine or machine manager can be reached.",
  why: "Whoever talks to Docker, Podman, containerd, LXD or libvirt as it usually runs starts containers with any directory of the host in them, as root: the sandbox is left with one request. A read-only mount does not keep a socket closed.",
  sources: [peer.sandboxRuntime("known limits, Docker's socket"), peer.aiJail("README, docker.sock")],
  fix: "Take the socket out. Where containers are needed, use a proxy that allows single requests, or a rootless engine inside.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /run/docker.sock: rw\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /run/acme/build.sock: ro?\n" },
  message: ({ paths }) => `${paths} can be reached: a container engine does as root what it is asked`,
  help: (told) => helpOf(told, "take this entry out"),
  *check(facts) {
    for (const exposure of reachesAny(facts, socketsOf(facts).engines)) yield toldToHide(facts, exposure);
  },
});

import { isWithin } from "../../../model/path.ts";
import { shownBinds, shownOverlays } from "../../../tree/index.ts";
import { issue, manual, peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

/** File systems whose answers depend on a server, or that a mount doesn't take as others do. */
const SPECIAL = /^(autofs|fuse(\..+)?|nfs4?|cifs|smb3|9p|virtiofs|sshfs|afs|ceph|vboxsf|prl_fs)$/;

export const rule = defineRule<{ source: string; type: string }>({
  id: "path/case-or-mount",
  severity: "info",
  title: "A source lies on autofs, FUSE, NFS, 9p or the like.",
  why: "A server that does not answer makes the start hang; FUSE lets nobody but its user in, root included; copy-on-write views refuse some of them; and mounts over files can be lost when a directory is renamed on the other side.",
  sources: [manual("mount(8)"), issue("containers/bubblewrap", 680), peer.sandboxRuntime("notes on WSL")],
  fix: "Copy what is needed to a local directory, or accept it with a reason.",
  needs: "machine",
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/nfs: ro\n",
    where: "/srv/nfs is an NFS mount",
    machine: { files: { "/srv/nfs/": "" }, mounts: [{ point: "/srv/nfs", type: "nfs4", device: "0:99" }] },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/data: ro?\n",
    where: "/srv/nfs is an NFS mount",
    machine: { files: { "/srv/nfs/": "" }, mounts: [{ point: "/srv/nfs", type: "nfs4", device: "0:99" }] },
  },
  message: ({ source, type }) => `${source} lies on ${type}: it may hang, refuse root, or lose mounts below it`,
  help: () => "copy what is needed to a local directory, or accept it with a reason under `lint.ignore`",
  *check({ machine, tree }) {
    const mounts = machine?.mounts().filter(({ type }) => SPECIAL.test(type)) ?? [];
    if (mounts.length === 0) return;
    for (const { source, origin } of [...shownBinds({ tree }), ...shownOverlays({ tree })]) {
      const mount = mounts.find(({ point }) => isWithin(point, source));
      if (mount !== undefined) yield { data: { source, type: mount.type }, at: origin };
    }
  },
});

import { defineProblem } from "../../model/problem.ts";

export const noTmpfs = defineProblem<{ path: string; reason: string }>({
  id: "backing/no-tmpfs",
  severity: "error",
  when: "The tmpfs that `devices.backing` asks for can't be mounted on the host.",
  message: ({ path, reason }) => `can't mount a tmpfs at ${path} to back /dev: ${reason}`,
  help: () => "leave `backing: tmpfs` out: then bwrap mounts the host's nodes one by one, and nothing on the host",
});

export const noNode = defineProblem<{ path: string; source: string; reason: string }>({
  id: "backing/no-node",
  severity: "error",
  when: "A node can't be made in the tmpfs that backs /dev.",
  message: ({ path, source, reason }) => `can't make the node ${path} like ${source}: ${reason}`,
  help: ({ source }) =>
    `look at it with \`ls -l ${source}\`, or leave \`backing: tmpfs\` out: then bwrap mounts the host's nodes`,
});

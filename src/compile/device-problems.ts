import { defineProblem } from "../model/problem.ts";

export const presetWithBacking = defineProblem<{ preset: string; nodes: readonly string[] }>({
  id: "device/preset-with-backing",
  severity: "error",
  when: "A /dev with `backing` holds the nodes that are named and nothing else; a preset means more than nodes.",
  message: ({ preset }) => `\`${preset}\` can't be had with \`backing\`, which makes single nodes only`,
  help: ({ nodes }) => `name them: ${nodes.join(", ")}; or leave \`backing\` out`,
});

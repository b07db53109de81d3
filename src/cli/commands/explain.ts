import { type Explainer, type Explanation, explainer } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define } from "../command.ts";
import { BROKEN, CLEAN } from "../exit.ts";
import { jsonText } from "../json.ts";
import { planFor } from "../planned.ts";
import { UsageError } from "../usage-error.ts";
import type { Words } from "../words.ts";

interface ExplainOptions extends CommonOptions {
  readonly env?: readonly string[];
  readonly net?: boolean;
  readonly all?: boolean;
}

export const command: DefineCommand = (line, end) =>
  define("explain", line, {
    summary:
      "Say what a path is inside: its access, which entry decides, which ones lost, and what to write to change it.",
    formats: ["text", "json"],
    examples: [
      ["paths of the sandbox, or of the host", "sbx explain ~/.ssh /etc/passwd src"],
      ["a variable, and the network", "sbx explain --env PATH --net"],
      ["the whole tree of a built-in", "sbx explain --all -p node"],
    ],
  })
    .argument("[path...]", "from the current directory; ~ is the home directory")
    .option("--env <name>", "a variable (repeatable)", (name: string, before: readonly string[] = []) => [
      ...before,
      name,
    ])
    .option("--net", "the network, and the host's sockets in reach")
    .option("--all", "every mount point")
    .action(async (paths: readonly string[], options: ExplainOptions) => end(await explain(paths, options, line)));

async function explain(paths: readonly string[], options: ExplainOptions, line: Words): Promise<number> {
  const { env = [], net = false, all = false } = options;
  if (paths.length === 0 && env.length === 0 && !net && !all) {
    throw new UsageError("name a path, or ask with --env NAME, --net or --all");
  }
  const found = await planFor(options, line);
  if (found === undefined) return BROKEN;
  const { planned, host } = found;
  const explained = explainer(planned.plan, host);
  const asked = paths.map((path) => absolute(path, host));
  const answer = { explained, asked, env, net, all };
  if (options.format === "json") process.stdout.write(jsonText(explanations(answer)));
  else process.stdout.write(await text(answer, host.cwd));
  return CLEAN;
}

interface Asked {
  readonly explained: Explainer;
  readonly asked: readonly string[];
  readonly env: readonly string[];
  readonly net: boolean;
  readonly all: boolean;
}

const explanations = ({ explained, asked, env, net, all }: Asked): Explanation[] => [
  ...asked.map(explained.path),
  ...env.map(explained.variable),
  ...(net ? [explained.network()] : []),
  ...(all ? explained.all() : []),
];

async function text({ explained, asked, env, net, all }: Asked, cwd: string): Promise<string> {
  const { networkText, pathText, variableText } = await import("../explain-text.ts");
  const { layoutFor } = await import("../explain-rows.ts");
  const { treeText } = await import("../explain-tree.ts");
  const layout = layoutFor(cwd);
  const blocks = [
    ...asked.map((path) => pathText(explained.path(path), layout)),
    ...env.map((name) => variableText(explained.variable(name), layout)),
    ...(net ? [networkText(explained.network(), layout)] : []),
    ...(all ? [treeText(explained.all(), layout)] : []),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** `..` is left to the look-up: behind a link it leads elsewhere than its text says. */
function absolute(path: string, host: { readonly home: string; readonly cwd: string }): string {
  if (path === "") throw new UsageError("an empty path names nothing");
  if (path === "~" || path.startsWith("~/")) return `${host.home}${path.slice(1)}`;
  return path.startsWith("/") ? path : `${host.cwd === "/" ? "" : host.cwd}/${path}`;
}

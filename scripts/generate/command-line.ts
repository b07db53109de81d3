import { COMMANDS } from "../../src/cli/commands.ts";
import { words } from "../../src/cli/words.ts";
import { EXIT_CODES } from "../../src/execute/exit-status.ts";

/** The reference page of the command line: every command's own help, and what the exit codes mean. */
export async function commandLinePage(): Promise<string> {
  const sections: string[] = [];
  for (const [name, { load }] of Object.entries(COMMANDS)) {
    const { command } = await load();
    const parser = command(words([]), () => {}).name(`sbx ${name}`);
    // Wide and without colours, whatever terminal this runs in.
    let help = "";
    parser.configureOutput({
      getOutHelpWidth: () => 110,
      getOutHasColors: () => false,
      writeOut: (text) => (help += text),
    });
    parser.outputHelp();
    sections.push(`## \`sbx ${name}\`\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\``);
  }
  const rows = EXIT_CODES.map(({ commands, code, meaning }) => `| ${commands} | ${code} | ${meaning} |`);
  return `<!-- Generated from src/cli/ by \`npm run generate\`; not edited by hand. -->

# The command line

\`sbx <command> [options] [--] [COMMAND…]\`: the first word that is no option ends the options. Results go to standard
output, everything else to standard error.

${sections.join("\n\n")}

## Exit codes

| commands | code | meaning |
|---|---|---|
${rows.join("\n")}
`;
}

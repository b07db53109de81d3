import { join } from "node:path";
import { Sandbox } from "sbx-profiles";
import { ArgumentsApi, ExceptionApi, MetadataApi } from "./endpoints.ts";

/** Runs one stage in a sandbox of its own, and says what the host heard of it. */
async function build(argv: readonly string[], options: unknown) {
  const metadata = new MetadataApi();
  const exception = new ExceptionApi();
  const sandbox = await Sandbox.open({
    profile: join(import.meta.dirname, ".sandbox.yml"),
    apis: [new ArgumentsApi(options), metadata, exception],
  });
  let exitCode: number | undefined;
  try {
    ({ exitCode } = await sandbox.run(argv, { cwd: import.meta.dirname }));
  } finally {
    // Only afterwards all is there that the stage had sent.
    await sandbox.close();
  }
  return { exitCode, metadata: metadata.metadata, error: exception.error };
}

for (const stage of ["stage.py", "stage.sh"]) {
  for (const sizes of [
    [3, 4],
    [3, "four"],
  ]) {
    const interpreter = stage.endsWith(".py") ? "python3" : "sh";
    const { exitCode, metadata, error } = await build([interpreter, stage], { sizes });
    console.log(`${stage} ${JSON.stringify(sizes)}: ended with ${exitCode}, ${JSON.stringify(metadata)}`);
    if (error) console.log(`  ${error.type}: ${error.value}`);
  }
}

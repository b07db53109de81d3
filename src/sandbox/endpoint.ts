import type { Api } from "../api/index.ts";
import type { Endpoint } from "../compile/index.ts";
import type { HeldHostSide } from "../execute/index.ts";
import { below, isAbsolute, normalise } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import { defineProblem } from "../model/problem.ts";
import { problemError, SandboxError } from "./error.ts";
import { CALLER } from "./plan-of-run.ts";

const notStopped = defineProblem<{ endpoint: string; reason: string }>({
  id: "api/not-stopped",
  severity: "error",
  when: "A server that the embedding program registered could not be stopped.",
  message: ({ endpoint, reason }) => `the API ${endpoint} could not be stopped: ${reason}`,
});

// unix(7): sun_path, without the NUL at its end. Node cuts what is longer without a word.
const ADDRESS_BYTES = 107;

/** Where an endpoint stands inside: its own absolute path, or its name in the directory for such. */
export function placeOf(api: Api, plan: Plan, apiDirectory = directoryOf(plan)): string {
  const { endpoint } = api;
  if (isAbsolute(endpoint)) return normalise(endpoint);
  if (/^[\w][\w.-]*$/.test(endpoint)) return below(apiDirectory, endpoint);
  throw new SandboxError("refused", `${JSON.stringify(endpoint)} is neither an absolute path nor a name`);
}

/** The directory that the profile makes for endpoints, by its name. */
function directoryOf({ operations }: Plan): string {
  const found = operations.find(({ kind, at }) => kind === "dir" && at.endsWith("/api"));
  return found?.at ?? "/run/api";
}

/** Starts a server at a socket of the session's, which has it stopped before all that was there earlier. */
export async function startApi(api: Api, at: string, number: number, side: HeldHostSide): Promise<Endpoint> {
  const path = side.socketPath(`endpoint-${number}`, CALLER);
  if (typeof path !== "string") {
    throw problemError("not-opened", `no socket for the API ${api.endpoint}`, { problems: [path] });
  }
  if (Buffer.byteLength(path) > ADDRESS_BYTES) {
    const help = "set XDG_RUNTIME_DIR to a shorter path";
    throw new SandboxError(
      "not-opened",
      `the socket ${path} has more than ${ADDRESS_BYTES} bytes in its address; ${help}`,
    );
  }
  await api.start(path);
  const place = `{run}/endpoint-${number}`;
  side.hold(place, path, {
    async stop() {
      try {
        await api.stop();
        return [];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return [notStopped({ endpoint: api.endpoint, reason }, CALLER)];
      }
    },
  });
  return { at, place, origin: CALLER };
}

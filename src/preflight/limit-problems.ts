import { defineProblem } from "../model/problem.ts";

export const limitUnavailable = defineProblem<{ limit: string; text: string; why: string; fix?: string }>({
  id: "limit/unavailable",
  severity: "error",
  when: "A limit can't be enforced on this machine, or not by this user.",
  message: ({ limit, why }) => `limits.${limit} can't be enforced here: ${why}`,
  help: ({ limit, text, fix }) => {
    const instead = `to go on without it where it can't be enforced, write \`${limit}: {value: ${text}, try: true}\``;
    return fix === undefined ? instead : `${fix}; ${instead}`;
  },
});

export const limitNotEnforced = defineProblem<{ limit: string; why: string }>({
  id: "limit/not-enforced",
  severity: "warning",
  when: "A limit with `try` can't be enforced on this machine, or not by this user.",
  message: ({ limit, why }) => `limits.${limit} is not enforced: ${why}`,
});

export const limitLiftable = defineProblem<{ limit: string; capability: string }>({
  id: "limit/liftable",
  severity: "warning",
  when: "The command keeps a capability by which it can lift its own limits: they hold only if it doesn't.",
  message: ({ limit, capability }) => `with ${capability} the command can lift limits.${limit} itself`,
  help: ({ capability }) => `write \`capabilities: {drop: [${capability}]}\` if the command does not need it`,
});

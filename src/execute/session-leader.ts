import type { Invocation } from "../model/invocation.ts";

/**
 * Puts the words in front of the command that make it the leader of a session. Without a process namespace
 * `--new-session` has made it one already, and setsid(1) would have to fork and not wait for it; bwrap itself runs in a
 * session without a terminal, so that nothing is lost without that option.
 */
export function leadBy(invocation: Invocation, words: readonly string[]): Invocation {
  if (words.length === 0) return invocation;
  const { args } = invocation;
  const end = args.indexOf("--") + 1;
  const options = args.slice(0, end);
  const kept = options.includes("--unshare-pid") ? options : options.filter((option) => option !== "--new-session");
  return { ...invocation, args: [...kept, ...words, ...args.slice(end)] };
}

/** No descriptor is left to the process or to the machine, or no memory: open(2). */
const EXHAUSTED = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

/** Throws what says nothing of a file but that it can't be looked at now: taken for "nothing there", it would hide what is. */
export function refuseExhaustion(error: unknown): void {
  if (EXHAUSTED.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
}

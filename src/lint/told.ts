import type { Exposure } from "./exposure.ts";
import type { Facts } from "./facts.ts";
import type { Fix } from "./fix.ts";
import { hide, lock, writtenPath } from "./mend.ts";
import type { Found } from "./rule.ts";
import { listed } from "./words.ts";

/** What rules on host paths say: which, and what to write. */
export interface Told {
  readonly paths: string;
  /** All of them, in full. */
  readonly hostPaths: readonly string[];
  /** What to add to the profile; undefined where the entry asks for these paths by name. */
  readonly edit: string | undefined;
}

/** Shown by an entry; hidden again by masks. */
export const toldToHide = (facts: Facts, exposure: Exposure): Found<Told> => told(facts, exposure, hide);

/** Writable by an entry; made read-only again by protections. */
export const toldToLock = (facts: Facts, exposure: Exposure): Found<Told> => told(facts, exposure, lock);

/** Nothing simple takes it back but the entry itself. */
export const toldOnly = (facts: Facts, exposure: Exposure): Found<Told> => told(facts, exposure, () => undefined);

function told(
  facts: Facts,
  exposure: Exposure,
  mend: (facts: Facts, exposure: Exposure) => Fix | undefined,
): Found<Told> {
  const fix = mend(facts, exposure);
  const paths = listed(exposure.paths.map((path) => writtenPath(facts, path)));
  return { data: { paths, hostPaths: exposure.paths, edit: fix?.title }, at: exposure.operation.origin, fix };
}

/** The next thing to type: the edit, or what to do about an entry that asks for it by name. */
export const helpOf = ({ edit }: Told, otherwise: string): string =>
  edit === undefined ? otherwise : `${edit}, or narrow this entry`;

/** What commands other than `run` and `shell` end with. */
export const CLEAN = 0;
export const FINDINGS = 1;
export const BROKEN = 2;
/** What `run` and `shell` end with for everything that sbx itself says. */
export const SBX_SAYS = 125;

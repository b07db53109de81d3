/** A file of one of these names governs the directory that it lies in. */
export const PROFILE_NAMES: readonly string[] = [".sandbox.yml", ".sandbox.yaml"];

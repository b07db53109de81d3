/** Something about the command line that no file position can show; `main` prints it and ends with the usage code. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

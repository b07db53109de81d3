/**
 * Why a server did not start or stop, or why a message was not handled.
 *
 * `invalid-address`: no absolute path; `address-too-long`: over 107 bytes; `address-in-use`: something stands there;
 * `not-listening`: the system refused; `already-started`: start() without stop(); `not-removed`: the socket stays.
 *
 * `invalid-json`, `unterminated` (the client left in the middle of a line), `too-large` (over `maxMessageBytes`), and
 * `busy` (more messages or clients than the server takes at once) are about one client, who hears of them as replies.
 */
export type ApiErrorCode =
  | "invalid-address"
  | "address-too-long"
  | "address-in-use"
  | "not-listening"
  | "already-started"
  | "not-removed"
  | "invalid-json"
  | "unterminated"
  | "too-large"
  | "busy";

/** What goes wrong with a server itself; what a handler throws is its own. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;

  constructor(code: ApiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

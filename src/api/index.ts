export type { Api, ApiClient } from "./api.ts";
export { ApiError, type ApiErrorCode } from "./error.ts";
export { JsonLinesApi, type JsonLinesOptions } from "./json-lines.ts";
export type { ErrorReply } from "./reply.ts";

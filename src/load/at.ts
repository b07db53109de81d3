import type { Span } from "../model/source.ts";

/** Where an offset range of the text being loaded is; the end defaults to the start. */
export type At = (start: number, end?: number) => Span & { readonly file: string };

/** Longer texts are looked at in pieces: patterns with several ways to fit take the square of a text's length. */
const LONGEST = 1000;
/** What lies across the end of a piece is in the next one as a whole. In characters, as the other. */
const OVERLAP = 250;

/** A text in pieces, each with where it begins. */
export function piecesOf(text: string): readonly (readonly [start: number, piece: string])[] {
  if (text.length <= LONGEST) return [[0, text]];
  const pieces: [number, string][] = [];
  for (let start = 0; start < text.length; start += LONGEST - OVERLAP)
    pieces.push([start, text.slice(start, start + LONGEST)]);
  return pieces;
}

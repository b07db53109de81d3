import { ApiError } from "./error.ts";

/** A line without its newline, or why it was thrown away. */
export type Line =
  | { readonly bytes: Buffer /** What to give back once it is handled. */; readonly reserved: number }
  | { readonly refused: ApiError };

/** The memory that all clients of a server share for lines under way. */
export interface Budget {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** A budget of so many bytes. */
export function budgetOf(bytes: number): Budget {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    give: (unused) => {
      left += unused;
    },
  };
}

const NEWLINE = 10;
const EMPTY = Buffer.alloc(0);

/**
 * Takes a stream of bytes apart into lines. A line over the ceiling, or one for which there is no memory left, is
 * refused once and skipped up to its end; the next is read as if nothing had been.
 */
export class Lines {
  readonly #ceiling: number;
  readonly #budget: Budget;
  // One block that doubles, and not the pieces as they came: a piece of one byte takes a hundred in memory.
  #block = EMPTY;
  #length = 0;
  #isSkipping = false;

  constructor(ceiling: number, budget: Budget) {
    this.#ceiling = ceiling;
    this.#budget = budget;
  }

  /** The lines that end in this piece, and a refusal as soon as it is clear. */
  add(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
      const line = this.#finish(piece.subarray(start, end));
      if (line) lines.push(line);
      start = end + 1;
    }
    const refused = this.#keep(piece.subarray(start));
    if (refused) lines.push({ refused });
    return lines;
  }

  /** What is left when the stream has ended: the half of a line is no line, `12` may have been `123`. */
  end(): Line[] {
    const isHalf = this.#length > 0;
    this.drop();
    if (!isHalf) return [];
    return [{ refused: new ApiError("unterminated", "the message does not end with a newline") }];
  }

  /** Forgets the line under way. */
  drop(): void {
    this.#budget.give(this.#block.length);
    this.#block = EMPTY;
    this.#length = 0;
    this.#isSkipping = false;
  }

  #finish(last: Buffer): Line | undefined {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return undefined;
    }
    if (this.#length === 0)
      return last.length > this.#ceiling ? { refused: this.#tooLarge() } : { bytes: last, reserved: 0 };
    const refused = this.#keep(last);
    this.#isSkipping = false;
    if (refused) return { refused };
    const line = { bytes: this.#block.subarray(0, this.#length), reserved: this.#block.length };
    this.#block = EMPTY;
    this.#length = 0;
    return line;
  }

  /** Adds to the line under way, or begins to skip it and says why. */
  #keep(piece: Buffer): ApiError | undefined {
    if (this.#isSkipping || piece.length === 0) return undefined;
    const wanted = this.#length + piece.length;
    const refused = wanted > this.#ceiling ? this.#tooLarge() : this.#makeRoom(wanted);
    if (refused) {
      this.drop();
      this.#isSkipping = true;
      return refused;
    }
    piece.copy(this.#block, this.#length);
    this.#length = wanted;
    return undefined;
  }

  #makeRoom(wanted: number): ApiError | undefined {
    if (wanted <= this.#block.length) return undefined;
    const size = Math.min(this.#ceiling, Math.max(wanted, 2 * this.#block.length));
    if (!this.#budget.take(size - this.#block.length))
      return new ApiError("busy", "too many large messages at once: send it again later");
    const block = Buffer.allocUnsafe(size);
    this.#block.copy(block, 0, 0, this.#length);
    this.#block = block;
    return undefined;
  }

  #tooLarge(): ApiError {
    return new ApiError("too-large", `the message has more than ${this.#ceiling} bytes`);
  }
}

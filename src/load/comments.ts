import { Lexer } from "yaml";

/** What the library's lexer puts in front of a scalar, whose text may begin with anything. */
const SCALAR = "\u001f";

/** The comments of a text, in order, each from its `#` to the end of its line. */
export function commentsOf(text: string): readonly string[] {
  const found: string[] = [];
  let before = "";
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith("#") && before !== SCALAR) found.push(lexeme.trimEnd());
    before = lexeme;
  }
  return found;
}

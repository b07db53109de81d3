/** A word that a POSIX shell reads back as this text; as it is where nothing in it is special. */
export const quote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

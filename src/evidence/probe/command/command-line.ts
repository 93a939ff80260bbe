/**
 * The words of a command line: separated by blanks, but for those in quotes. In single quotes
 * everything stands for itself; in double quotes a backslash takes the meaning from a quote or a
 * backslash behind it, outside of quotes from a quote alone, so that paths may have backslashes.
 * No shell has a part in it, so nothing is expanded.
 * undefined where a quote is not closed or there is no word.
 */
export function parseCommandLine(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (const [piece, quoted] of pieces(text)) {
    if (quoted === undefined) return undefined
    if (!quoted && /^\s/.test(piece)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + piece
  }
  if (word !== undefined) words.push(word)
  return words.length === 0 ? undefined : words
}

const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(['"])|(\s+|(?:[^\s'"\\]|\\(?!['"]))+)|./gs

/** Each piece with whether it was in quotes; undefined: the quote is not closed. */
function pieces(text: string): [piece: string, quoted: boolean | undefined][] {
  return [...text.matchAll(PIECE)].map(([, single, double, escaped, bare]) => {
    const quoted = single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped
    if (quoted !== undefined) return [quoted, true]
    return [bare ?? '', bare === undefined ? undefined : false]
  })
}

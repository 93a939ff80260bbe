const SIMPLE: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '\\': 92 }

/**
 * The bytes of a payload text: UTF-8, with the escapes `\n` `\r` `\t` `\xNN` `\\`.
 * Returns the offending piece as `bad` where another escape is met.
 */
export function parsePayload(text: string): { bytes: Uint8Array } | { bad: string } {
  const pieces: Uint8Array[] = []
  for (const piece of text.match(/\\x[0-9a-fA-F]{2}|\\.?|[^\\]+/gsu) ?? []) {
    if (!piece.startsWith('\\')) pieces.push(Buffer.from(piece, 'utf8'))
    else if (piece.length === 4) pieces.push(Buffer.from(piece.slice(2), 'hex'))
    else {
      const byte = SIMPLE[piece.slice(1)]
      if (byte === undefined) return { bad: piece }
      pieces.push(Uint8Array.of(byte))
    }
  }
  return { bytes: new Uint8Array(Buffer.concat(pieces)) }
}

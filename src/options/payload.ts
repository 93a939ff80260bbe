const SIMPLE: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '\\': 92 }

/**
 * The bytes of a payload text: UTF-8, with the escapes `\n` `\r` `\t` `\xNN` `\\`.
 * Returns the offending piece as `bad` where another escape is met.
 */
export function parsePayload(text: string): { bytes: Uint8Array } | { bad: string } {
  const bytes: number[] = []
  for (const piece of text.match(/\\x[0-9a-fA-F]{2}|\\.?|[^\\]+/gs) ?? []) {
    if (!piece.startsWith('\\')) bytes.push(...new TextEncoder().encode(piece))
    else if (piece.length === 4) bytes.push(Number.parseInt(piece.slice(2), 16))
    else {
      const byte = SIMPLE[piece.slice(1)]
      if (byte === undefined) return { bad: piece }
      bytes.push(byte)
    }
  }
  return { bytes: Uint8Array.from(bytes) }
}

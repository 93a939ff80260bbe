/** Characters of a reply that a sentence shows: a status, and about 60 of its body. */
const LONGEST_REPLY = 64
const LONGEST = 240

/** The first line of a reply, short enough for a sentence; report.json has more of it. */
export function quotedReply(reply: string): string {
  return quoted(reply, LONGEST_REPLY)
}

/**
 * The first line of a text that others wrote, as a quotation that is read and not parsed: nothing is escaped, and control
 * characters are replaced. `...` is where it is cut.
 */
export function quoted(text: string, longest = LONGEST): string {
  const [first = '', ...others] = text.trim().split(/\r\n|[\n\r\u2028\u2029]/)
  const line = [...first.replaceAll(/\s+/g, ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\uFFFD')]
  const isCut = line.length > longest || others.length > 0
  const shown = isCut ? `${line.slice(0, longest).join('').trimEnd()}...` : line.join('')
  const mark = shown.includes('"') && !shown.includes("'") ? "'" : '"'
  return `${mark}${shown}${mark}`
}

/** What is to be done next, in its parts: words to read, and lines to paste. */
export type RemedyPart = { kind: 'words' | 'lines'; text: string }

const INDENT = '  '

/** Takes an advice apart: what is indented is to be pasted, without the indent. */
export function remedyParts(remedy: string): RemedyPart[] {
  const parts: RemedyPart[] = []
  for (const line of remedy.split('\n').filter((one) => one.trim() !== '')) {
    const kind = line.startsWith(INDENT) ? 'lines' : 'words'
    const text = kind === 'lines' ? line.slice(INDENT.length) : line
    const last = parts.at(-1)
    if (last?.kind === kind) last.text += `\n${text}`
    else parts.push({ kind, text })
  }
  return parts
}

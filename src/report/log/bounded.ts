/** The longest text of one log line. What it says first and last, such as a command to paste, is kept. */
const LONGEST = 20_000

/** A text that fits into a log: of a longer one, the middle is left out. */
export function bounded(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text
  const half = Math.floor(longest / 2)
  const left = (text.length - 2 * half).toLocaleString('en-US')
  return `${text.slice(0, half)}\n... (${left} characters left out) ...\n${text.slice(-half)}`
}

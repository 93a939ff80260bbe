/** A longer line is cut. No line that is read here is. */
const LONGEST_LINE = 64 * 1024
const LINE_FEED = 10

/** Takes bytes as they arrive; returns the lines that are complete. The end of a stream completes none. */
export function startLines(): (chunk: Buffer) => string[] {
  let rest: Buffer[] = []
  let length = 0

  function keep(part: Buffer): void {
    const kept = part.subarray(0, LONGEST_LINE - length)
    if (kept.length === 0) return
    rest.push(kept)
    length += kept.length
  }

  return (chunk) => {
    const lines: string[] = []
    let from = 0
    for (let to = chunk.indexOf(LINE_FEED); to >= 0; to = chunk.indexOf(LINE_FEED, from)) {
      keep(chunk.subarray(from, to))
      lines.push(Buffer.concat(rest).toString('utf8'))
      rest = []
      length = 0
      from = to + 1
    }
    keep(chunk.subarray(from))
    return lines
  }
}

/** A line with the time at which the container wrote it, as the API server adds it. */
export type TimedLine = { time: string | undefined; line: string }

const TIMED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.?\d*(?:Z|[+-]\d\d:\d\d) /

/** `time` is in whole seconds, and undefined where there is none. */
export function timedLine(text: string): TimedLine {
  const [prefix = '', time] = TIMED.exec(text) ?? []
  return {
    time: time === undefined ? undefined : timeIn(prefix.trim()),
    line: text.slice(prefix.length),
  }
}

/** In UTC. A node may write its own time zone. */
function timeIn(text: string): string | undefined {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

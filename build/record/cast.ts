/** A line of a terminal, with the second at which it is complete. */
export type TimedLine = { at: number; text: string }

export const TITLE =
  'npm run demo: a shift to 20% is confirmed, and a shift to a broken version is rolled back'
export const COLUMNS = 92
export const ROWS = 28

/** A recording in asciicast format 2. It has no time of day and no environment of the machine. */
export function castOf(title: string, lines: readonly TimedLine[]): string {
  const header = { version: 2, width: COLUMNS, height: ROWS, title }
  const events = lines.map(({ at, text }) => [Number(at.toFixed(2)), 'o', `${text}\r\n`])
  return [header, ...events].map((one) => `${JSON.stringify(one)}\n`).join('')
}

/** The lines of a recording that castOf made. */
export function linesOf(cast: string): TimedLine[] {
  return cast
    .trim()
    .split('\n')
    .slice(1)
    .map((event) => {
      const [at, , text]: [number, string, string] = JSON.parse(event)
      return { at, text: text.replace(/\r\n$/, '') }
    })
}

const START = 9 * 3600
const DAY = '2026-01-05'

/**
 * The lines without what only this machine and this moment have. Times of day begin at 09:00:00 and keep their
 * distances. Ports, addresses, the user and temporary folders are replaced by fixed ones.
 */
export function anonymous(lines: readonly TimedLine[]): TimedLine[] {
  let first: number | undefined
  const clock = (time: string): string => {
    const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
    const second = hours * 3600 + minutes * 60 + seconds
    first ??= second
    // A recording over midnight goes on.
    const shown = START + ((second - first + 86_400) % 86_400)
    const parts = [Math.floor(shown / 3600), Math.floor(shown / 60) % 60, shown % 60]
    return parts.map((part) => String(part).padStart(2, '0')).join(':')
  }
  return lines.map(({ at, text }) => ({
    at,
    text: text
      .replaceAll(/\b\d{4}-\d\d-\d\d (?=\d\d:\d\d:\d\d)/g, `${DAY} `)
      .replaceAll(/\b\d\d:\d\d:\d\d\b/g, clock)
      .replaceAll(/\S*\/istio-traffic-shift-[0-9a-f-]{36}\//g, '/tmp/report/')
      .replaceAll(/\bby \S+@\S+?(?=\.?$)/g, 'by you@laptop')
      .replaceAll(/\b127\.0\.0\.1:\d+/g, '127.0.0.1:6443')
      .replaceAll(/\b127\.(?!0\.0\.1\b)\d+\.\d+\.\d+/g, '127.10.20.30'),
  }))
}

const SHORTEST = 0.11
const LONGEST = 0.6
/** Lines that a reader needs time for. */
const PAUSES: readonly (readonly [pattern: RegExp, seconds: number])[] = [
  [/^A mesh is running/, 0.8],
  [/^\d\. /, 1.2],
  [/^Written at/, 0.4],
  [/^[✔✘] (Confirmed|Not confirmed)/, 0.8],
  [/^Restored at/, 0.6],
  [/^(Error|Notice):/, 1.2],
  [/^Production now:/, 1.2],
  [/^Why:/, 1.6],
  [/^Verdict:/, 0.8],
]

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')

/** A text without the sequences for colors. */
export function uncolored(text: string): string {
  return text.replaceAll(ESCAPES, '')
}

/** The lines at the pace of a reader: waits are cut, bursts are stretched, and the results stay for a moment. */
export function paced(lines: readonly TimedLine[]): TimedLine[] {
  let now = 0
  let before = 0
  let pause = 0
  return lines.map(({ at, text }) => {
    now += Math.max(pause, Math.min(Math.max(at - before, SHORTEST), LONGEST))
    before = at
    const words = uncolored(text).trim()
    pause = PAUSES.find(([pattern]) => pattern.test(words))?.[1] ?? 0
    return { at: now, text }
  })
}

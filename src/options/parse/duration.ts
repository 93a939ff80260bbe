/** The longest that a timer of Node can wait: a longer one fires at once. */
const MOST_MS = 2 ** 31 - 1

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/**
 * The milliseconds of a duration such as `250ms`, `5s`, `1.5s`, `2m` or `1h`;
 * undefined for any other text, and for more than 596 h.
 */
export function parseDurationMs(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  if (!parts) return undefined
  const unit = parts[2] as keyof typeof UNIT_MS
  const ms = Math.round(Number(parts[1]) * UNIT_MS[unit])
  return ms <= MOST_MS ? ms : undefined
}

/** A duration such as `1.5s` or `250ms` in milliseconds. */
export function durationMs(text: string | undefined): number | undefined {
  const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  const parts = [...(text ?? '').matchAll(/([\d.]+)(ms|s|m|h)/g)]
  const sum = parts.reduce(
    (total, [, count, unit]) => total + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  )
  return sum === 0 ? undefined : sum
}

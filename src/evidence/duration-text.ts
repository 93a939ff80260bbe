/** The same with all digits, for a limit: `0.5 ms`, `1.25 s`. */
export function exactDurationText(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(8))} ms` : `${Number((ms / 1000).toPrecision(8))} s`
}

/** `250 ms`, `5 s`, `2.5 s`. */
export function durationText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`
}

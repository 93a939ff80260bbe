import type { RunRecord } from '../record.ts'

type Start = Pick<RunRecord, 'startedAt'>

/** A moment of the run by this machine's clock. Milliseconds since the run began. */
export function momentOf({ startedAt }: Start, atMs: number): Date {
  return new Date(startedAt.getTime() + Math.round(atMs))
}

/** The same as RFC 3339, for programs. */
export function rfc3339(start: Start, atMs: number): string {
  return momentOf(start, atMs).toISOString()
}

/** `11:02:03 UTC`. */
export function clockText(start: Start, atMs: number): string {
  return `${clockOf(start, atMs)} UTC`
}

/** `11:02:03 to 11:02:07 UTC`. */
export function clockSpan(start: Start, fromMs: number, toMs: number): string {
  return `${clockOf(start, fromMs)} to ${clockText(start, toMs)}`
}

function clockOf(start: Start, atMs: number): string {
  return rfc3339(start, atMs).slice(11, 19)
}

/** `2026-11-26 11:02:03 UTC`, for the start of a run. */
export function dateText(start: Start): string {
  return `${rfc3339(start, 0).slice(0, 10)} ${clockText(start, 0)}`
}

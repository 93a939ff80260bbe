import type { RunEvent } from '../../rollout/model/events.ts'
import { dateText } from '../facts/clock.ts'
import type { RunRecord } from '../record.ts'
import { linesOf } from './event-lines.ts'
import { startGroups } from './groups.ts'
import { startLive } from './live.ts'
import type { LogLine } from './log-line.ts'
import { startProxyLines } from './proxy-lines.ts'
import { startRepeats } from './repeated.ts'
import { unsaidAttempts } from './unsaid-attempts.ts'

/** How often progress has a line of its own, by the time since the last other line: seldom in a check or a watch that takes long. */
const PROGRESS_EVERY = [
  { untilMs: 10_000, everyMs: 2000 },
  { untilMs: 120_000, everyMs: 10_000 },
  { untilMs: 900_000, everyMs: 30_000 },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 120_000 },
] as const

/** The first lines of a run: what runs, since when, and by whom. */
export function openingLines(record: RunRecord): LogLine[] {
  const { version, by, options } = record
  const mode = options ? `, mode ${options.mode}` : ''
  return [
    {
      level: 'info',
      text: `istio-traffic-shift ${version}${mode}. Started ${dateText(record)} by ${by}.`,
    },
  ]
}

/**
 * Turns the run's events into lines, as they happen: a group for each phase, and what became of a step behind its
 * group, where it can be read while the group is folded. The record takes each event before.
 *
 * @param live the lines go to a terminal, where progress is shown in lines that are overwritten
 */
export function startLog(
  record: RunRecord,
  nowMs: () => number,
  live = false,
): (event: RunEvent) => LogLine[] {
  /** When the last line was printed, and the last one that is not about progress. */
  let printedMs = nowMs()
  let otherMs = nowMs()
  const groups = startGroups()
  const unsaid = unsaidAttempts(record)
  const isRepeated = startRepeats()
  const liveLines = live ? startLive(record) : () => []
  const proxyLines = startProxyLines(() => !live && isDue())

  function isDue(): boolean {
    const sinceMs = nowMs() - otherMs
    const { everyMs } = PROGRESS_EVERY.find(({ untilMs }) => sinceMs < untilMs) ?? PROGRESS_EVERY[3]
    return nowMs() - printedMs >= everyMs
  }

  function linesFor(event: RunEvent): LogLine[] {
    if (isRepeated(event)) return []
    const isProgress = isRoutine(event)
    const lines = [
      ...proxyLines(event),
      ...(isProgress && (live || !isDue()) ? [] : linesOf(event, record)),
    ]
    if (!isProgress && lines.length > 0) otherMs = nowMs()
    if (event.kind !== 'attempt-ended' || live) return lines
    if (lines.length > 0) return [...unsaid.lines(), ...lines]
    unsaid.keep(event)
    return lines
  }

  return (event) => {
    // A check that is cut short ends with none of its attempts.
    const left = event.kind === 'check-ended' ? unsaid.lines() : []
    const all = [...left, ...groups(event), ...linesFor(event)]
    if (all.length > 0) printedMs = nowMs()
    return [...all, ...liveLines(event)]
  }
}

/** Events that have a line only where there was none for a while: progress, and attempts that others follow. */
function isRoutine(event: RunEvent): boolean {
  return (
    event.kind === 'progress' ||
    event.kind === 'preflight-progress' ||
    (event.kind === 'job' && event.progress.probing < event.progress.pods) ||
    ((event.kind === 'settling' || event.kind === 'watching' || event.kind === 'draining') &&
      event.now.ended === undefined) ||
    (event.kind === 'proxies' && event.now.status === 'waiting') ||
    (event.kind === 'attempt-ended' && event.again && event.ended.number > 1)
  )
}

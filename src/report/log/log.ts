import type { RunEvent } from '../../rollout/model/events.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { linesOf } from './event-lines.ts'
import { liveLine } from './live-line.ts'
import type { LogLine } from './log-line.ts'
import { unsaidAttempts } from './unsaid-attempts.ts'

/** A line every so often while connections are made: neither a flood nor silence. */
const PROGRESS_EVERY_MS = 2000

/**
 * Turns the run's events into lines, as they happen: a group for each phase, with what came of a
 * step behind its group, where it can be read though the group be folded.
 *
 * @param live the lines go to a terminal, on which progress is one line that is written over
 */
export function startLog(nowMs: () => number, live = false): (event: RunEvent) => LogLine[] {
  let saidMs = nowMs()
  const groups = startGroups()
  const unsaid = unsaidAttempts()

  function routine(event: RunEvent): LogLine[] {
    if (live) return liveLine(event)
    return nowMs() - saidMs < PROGRESS_EVERY_MS ? [] : linesOf(event)
  }

  function linesFor(event: RunEvent): LogLine[] {
    const lines = isRoutine(event) ? routine(event) : linesOf(event)
    if (event.kind !== 'attempt-ended' || live) return lines
    if (lines.length > 0) return [...unsaid.lines(), ...lines]
    unsaid.keep(event)
    return lines
  }

  return (event) => {
    // A check that is cut short ends with none of its attempts.
    const left = event.kind === 'check-ended' ? unsaid.lines() : []
    const all = [...left, ...groups(event), ...linesFor(event)]
    if (all.some(({ level }) => level !== 'live')) saidMs = nowMs()
    return all
  }
}

/** What is worth a line only if there was none for a while: progress, and tries that others follow. */
function isRoutine(event: RunEvent): boolean {
  return (
    event.kind === 'progress' ||
    event.kind === 'preflight-progress' ||
    (event.kind === 'attempt-ended' && event.again && event.ended.number > 1)
  )
}

type Phase = 'preflight' | 'step' | 'restore'

/** Opens and closes the groups that lines stand in. */
function startGroups(): (event: RunEvent) => LogLine[] {
  let open: Phase | undefined

  function close(): LogLine[] {
    if (open === undefined) return []
    open = undefined
    return [{ level: 'group-end', text: '' }]
  }

  function begin(phase: Phase, title: string): LogLine[] {
    const ended = close()
    open = phase
    return [...ended, { level: 'group', text: title }]
  }

  return (event) => {
    switch (event.kind) {
      case 'started':
        return begin('preflight', 'Plan and preflight')
      case 'manifest':
        return begin('preflight', 'Plan the edit of the file')
      case 'written':
        return begin('step', stepTitle(event))
      case 'attempt-started':
        // Without a write, the first try is what a step begins with.
        if (open !== 'preflight') return []
        return begin(
          'step',
          `Prove ${percentsText(percentsOf(event.check.names, event.check.target))}`,
        )
      case 'restoring':
        return begin('restore', `Put back ${percentsText(event.weights)}`)
      case 'would-change':
      case 'check-ended':
      case 'finished':
        return close()
      default:
        return []
    }
  }
}

function stepTitle({ number, of, weights }: Extract<RunEvent, { kind: 'written' }>): string {
  return `${of > 1 ? `Step ${number} of ${of}` : 'Write and prove'}: ${percentsText(weights)}`
}

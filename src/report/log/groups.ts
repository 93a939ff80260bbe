import type { RunEvent } from '../../rollout/model/events.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { watchTitle } from './health-lines.ts'
import type { LogLine } from './log-line.ts'

type Phase = 'preflight' | 'step' | 'watch' | 'restore'

/** Opens and closes the groups of lines, one for each phase of a run. */
export function startGroups(): (event: RunEvent) => LogLine[] {
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
        return begin('preflight', 'Plan and preflight checks')
      case 'manifest':
        return begin('preflight', 'Plan the edit of the file')
      case 'written':
        return begin('step', stepTitle(event))
      case 'attempt-started':
        // Without a write, a step begins with its first attempt.
        if (open !== 'preflight') return []
        return begin(
          'step',
          `Check ${percentsText(percentsOf(event.check.names, event.check.target))}`,
        )
      case 'restoring':
        return begin(
          'restore',
          `Restore ${event.isStep ? 'the last confirmed step: ' : ''}${percentsText(event.weights)}`,
        )
      case 'watching':
        if (event.now.ended !== undefined) return close()
        return open === 'watch' ? [] : begin('watch', watchTitle(event))
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
  return `${of > 1 ? `Step ${number} of ${of}` : 'Write and check'}: ${percentsText(weights)}`
}

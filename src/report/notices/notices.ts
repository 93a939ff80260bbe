import type { Check } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsOf, percentsText, samplesText } from '../../rollout/model/percents.ts'
import { recoveredSentence } from '../../rollout/model/recovered.ts'
import { momentOf } from '../facts/clock.ts'
import { alphaOf, countedOf } from '../facts/counted.ts'
import { headlineOf } from '../facts/headline.ts'
import type { RunRecord } from '../record.ts'

/** What a Kubernetes Event on the route object says. */
export type Notice = {
  type: 'Normal' | 'Warning'
  /** Why, in UpperCamelCase. People filter by it, so it is never renamed. */
  reason:
    | 'ShiftStarted'
    | 'StepConfirmed'
    | 'RolledBack'
    | 'RollbackFailed'
    | 'ShiftFailed'
    | 'InterruptedRunRolledBack'
  /** What the run did. */
  action: 'Shift' | 'Rollback'
  message: string
  at: Date
}

/**
 * Makes notices of the events of a run on a cluster. They come while no write of the run is in flight: that a step is
 * confirmed comes after the next write, at the start of the interval, or after the journal is removed.
 */
export function startNotices(record: RunRecord): (event: RunEvent) => Notice[] {
  let held: Notice[] = []
  let hasWritten = false

  function notice(given: Omit<Notice, 'at' | 'message'>, ...sentences: readonly string[]): Notice {
    const message = [...sentences, `Run: ${record.by}`].filter((text) => text !== '').join(' ')
    return { ...given, message, at: momentOf(record, record.tookMs) }
  }

  function release(...more: readonly Notice[]): Notice[] {
    const all = [...held, ...more]
    held = []
    return all
  }

  return (event) => {
    switch (event.kind) {
      case 'recovered':
        if (event.recovered.end === 'restored')
          held.push(notice(OF_RECOVERED, recoveredSentence(event.recovered)))
        return []
      case 'written':
        hasWritten = true
        return event.number === 1 ? release(notice(STARTED, startText(record))) : release()
      case 'check-ended':
        if (hasWritten && event.check.ended === 'pass')
          held.push(notice(CONFIRMED, confirmedText(record, event.check)))
        return []
      case 'watching':
      case 'journal-removed':
        return release()
      case 'finished': {
        const end = endOf(record, event.outcome, hasWritten)
        return release(...end.map(([kind, ...sentences]) => notice(kind, ...sentences)))
      }
      default:
        return []
    }
  }
}

const STARTED = { type: 'Normal', reason: 'ShiftStarted', action: 'Shift' } as const
const CONFIRMED = { type: 'Normal', reason: 'StepConfirmed', action: 'Shift' } as const
const FAILED = { type: 'Warning', reason: 'ShiftFailed', action: 'Shift' } as const
const ROLLED_BACK = { type: 'Warning', reason: 'RolledBack', action: 'Rollback' } as const
const NOT_ROLLED_BACK = { type: 'Warning', reason: 'RollbackFailed', action: 'Rollback' } as const
const OF_RECOVERED = {
  type: 'Warning',
  reason: 'InterruptedRunRolledBack',
  action: 'Rollback',
} as const

/** `Shifting from v1 100%, v2 0% to v1 50%, v2 50% in 3 steps.` */
function startText({ plan }: RunRecord): string {
  if (plan === undefined) return 'Shifting.'
  const steps = plan.checks.length > 1 ? ` in ${plan.checks.length} steps` : ''
  return `Shifting from ${percentsText(plan.present)} to ${percentsText(plan.weights)}${steps}.`
}

/** `Shifted to v1 80%, v2 20%, confirmed by 775 connections at 99% confidence.` */
function confirmedText(record: RunRecord, check: Check): string {
  const { samples } = countedOf(check, alphaOf(record))
  const confidence = record.options?.confidencePercent ?? 99
  return `Shifted to ${percentsText(percentsOf(check.names, check.target))}, confirmed by ${samplesText(samples, check.unit)} at ${confidence}% confidence.`
}

type End = [kind: Omit<Notice, 'at' | 'message'>, ...sentences: string[]]

/** What the end of a run adds. A pass has been said with its last step. */
function endOf(record: RunRecord, outcome: Outcome, hasWritten: boolean): End[] {
  const { verdict, reason, rolledBack, weights, lastStep, previousWeights } = outcome
  const text = headlineOf(record, outcome)
  if (reason === 'rollback-failed') return [[NOT_ROLLED_BACK, text]]
  if (rolledBack) {
    const back = verdict === 'restored' ? weights : (lastStep?.weights ?? previousWeights)
    return [[ROLLED_BACK, `Rolled back to ${percentsText(back ?? {})}.`, text]]
  }
  return hasWritten && verdict !== 'pass' ? [[FAILED, text]] : []
}

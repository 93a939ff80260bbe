import { READ_EVERY_MS } from '../../evidence/proxies/counters-source.ts'
import { capitalized } from '../../problem/sentence.ts'
import type { Check } from '../../rollout/model/check.ts'
import { isShort, mostSamples, settleSamples, shortText } from '../../rollout/model/cost.ts'
import type { PlannedRun } from '../../rollout/model/events.ts'
import { countText, percentsText, samplesText } from '../../rollout/model/percents.ts'
import { ruleWords } from '../../routes/rule-texts.ts'
import { LEAST_BATCHES } from '../../split/counts/judge-counts.ts'
import { presentText, timeText } from '../figures.ts'
import { writeRemarks } from '../plan-texts.ts'

/** A check of counts takes so many readings at least. */
const LEAST_COUNTING_MS = LEAST_BATCHES * READ_EVERY_MS

/** What a run is about to do, what it takes, and whom it disturbs. */
export function planLines(plan: PlannedRun): string[] {
  const [check] = plan.checks
  const many = plan.checks.length > 1
  const cost = check
    ? ` ${many ? 'The first check takes' : 'The check takes'} ${costOf(check)}`
    : ''
  const skipped = skippedLines(plan.skipped)
  if (plan.unchanged)
    return [
      `${capitalized(ruleWords(plan.rule))}: confirm ${percentsText(plan.weights)}. ${plan.inForce ? 'Only the restore needs' : 'Nothing needs'} to be written.${cost}`,
      ...skipped,
      ...(plan.notes ?? []),
    ]
  const steps = plan.steps.map((step) => percentsText(step)).join(' -> ')
  const first = plan.inForce === undefined ? '' : ' (restored first)'
  const added = plan.added === undefined ? '' : ` (adds ${plan.added})`
  return [
    `${capitalized(ruleWords(plan.rule))}: ${presentText(plan)}${first} -> ${steps}${added}.${cost}`,
    ...skipped,
    ...writeRemarks(plan),
    ...(plan.notes ?? []),
  ]
}

/** Of a check that `connections` cuts short, the limit is no upper end of what it takes. */
function costOf(check: Check): string {
  const { plan, unit, limit, counted } = check
  const mean = plan.mean + settleSamples(check, 'quarter')
  const takes = `about ${samplesText(Math.round(mean), unit)}`
  // How many others come while counters are read is not this run's to say.
  if (counted !== undefined)
    return `${takes}, counted over at least ${timeText(LEAST_COUNTING_MS)}.`
  return isShort(check)
    ? `${takes}.${shortText({ short: { checks: 1, of: 1, limit } })}`
    : `${takes}, ${countText(mostSamples(check))} at most.`
}

function skippedLines(steps: readonly number[]): string[] {
  if (steps.length === 0) return []
  const percents = steps.map((step) => `${step}%`).join(', ')
  return [
    `Skipped steps: ${percents}. They are not between the weight in force at that point and the final weight.`,
  ]
}

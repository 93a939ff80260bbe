import { locateChange } from '../../src/split/judge/change-point.ts'
import { FIRST_ATTEMPT_DELAY_MS, SWITCH_SPREAD_MS } from '../../src/split/judge/error-spending.ts'
import { MOST_SAMPLES_TO_TELL } from '../../src/split/judge/switch-detector.ts'
import {
  CONFIDENCE_PERCENT,
  type Followed,
  type Replicas,
  type Scenario,
  type Transition,
} from './propagation.ts'

/** Whether a scenario's false passes are promised to be rare; on target it is the fails. */
function guaranteeOf({
  transition,
  lateness,
}: Scenario): 'must not fail' | 'must not pass' | 'none' {
  if (lateness.kind === 'never') return 'must not pass'
  if (transition.truth === transition.to) return 'must not fail'
  return lateness.kind === 'replicas' && !allFollow(transition, lateness) ? 'none' : 'must not pass'
}

/** Whether all replicas have switched when the first attempt begins, as far as samples can show when the first of them does. */
function allFollow({ from, to }: Transition, { firstMs, secondMs }: Replicas): boolean {
  const { samplesToDistinguish } = locateChange(
    [from / 100, 1 - from / 100],
    [to / 100, 1 - to / 100],
  )
  const shows = samplesToDistinguish <= MOST_SAMPLES_TO_TELL
  return secondMs <= Math.max(FIRST_ATTEMPT_DELAY_MS, shows ? firstMs + SWITCH_SPREAD_MS : 0)
}

/** What breaks a promise even at the near end of the error bars. */
export function brokenByPropagation(all: readonly Followed[]): string[] {
  const error = (100 - CONFIDENCE_PERCENT) / 100
  return all.flatMap(({ scenario, pass, fail }) => {
    const { transition, lateness } = scenario
    const where = `${transition.from} -> ${transition.to}, truth ${transition.truth}, ${lateness.kind}`
    const promise = guaranteeOf(scenario)
    if (promise === 'must not fail' && fail.low > error)
      return [`${where}: fails with chance ${fail.low} or more`]
    if (promise === 'must not pass' && pass.low > error)
      return [`${where}: passes with chance ${pass.low} or more`]
    return []
  })
}

/**
 * False passes that nothing guards against: the replicas lie on either side of the band, so that
 * together they serve a share within it until the last one follows. That share is what samples show.
 */
export function unguardedPasses(all: readonly Followed[]): string[] {
  return all
    .filter(({ scenario }) => guaranteeOf(scenario) === 'none')
    .map(({ scenario: { transition, lateness }, pass }) => {
      const between = (transition.from + transition.truth) / 2
      const part = (pass.share * 100).toFixed(1)
      const seconds =
        lateness.kind === 'replicas' ? (lateness.secondMs - lateness.firstMs) / 1000 : 0
      return `${transition.from} -> ${transition.to}: passes in ${part}% of runs though it ends at ${transition.truth}%; its replicas together serve ${between}% for ${seconds} s, which lies within the band`
    })
}

import { warning } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import type { Drain } from '../model/drain.ts'
import { samplesText } from '../model/percents.ts'
import type { CheckingState, WrittenState } from '../run-state.ts'
import { awaitDrain } from './await-drain.ts'

/**
 * What the proxies of a rule have in progress once its last weights are confirmed: for destinations without weight until
 * that is nothing, or `drain-timeout` is over. Undefined without counters.
 */
export async function lookForDrain(
  context: Context,
  { counting, shiftPlan, checks }: CheckingState | WrittenState,
  signal: AbortSignal,
): Promise<Drain | undefined> {
  const last = checks.at(-1)
  if (counting === undefined || last === undefined) return undefined
  const { drainTimeoutMs } = context.options
  const retired = last.target.flatMap((share, index) => (share === 0 ? [index] : []))
  const drain = await awaitDrain(
    context,
    counting.proxies,
    {
      names: last.names,
      unit: shiftPlan.unit,
      retired,
      timeoutMs: retired.length === 0 ? undefined : drainTimeoutMs,
      destinationOf: counting.destinationOf,
      filter: counting.filter,
    },
    signal,
  )
  if (drainTimeoutMs !== undefined && retired.length > 0 && drain.ended !== 'drained')
    context.emit({ kind: 'finding', finding: notDrained(drain) })
  return drain
}

function notDrained({ names, retired, inProgress, unit, tookMs, ended }: Drain) {
  const each = retired.map(
    (index) => `${names[index]} has ${samplesText(inProgress[index] ?? 0, unit)} in progress`,
  )
  const what =
    ended === 'unknown'
      ? 'What is in progress is not known, because not all proxies of the rule could be read.'
      : `After ${Math.round(tookMs / 1000)} s, ${each.join(', and ')}.`
  return warning(
    'ITS-NOT-DRAINED',
    `${what} The weights are confirmed all the same.`,
    'Wait before you scale it down, or raise drain-timeout.',
  )
}

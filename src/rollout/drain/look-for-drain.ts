import { listText } from '../../problem/list-text.ts'
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
  const busy = retired.filter((index) => (inProgress[index] ?? 0) > 0)
  const each = busy.map(
    (index) => `${names[index]} has ${samplesText(inProgress[index] ?? 0, unit)} in progress`,
  )
  const what =
    ended === 'unknown'
      ? 'what is in progress is not known, because not all proxies of the rule could be read'
      : `after ${Math.round(tookMs / 1000)} s, ${listText(each)}`
  const old = listText((ended === 'unknown' ? retired : busy).map((index) => names[index] ?? ''))
  return warning(
    'ITS-NOT-DRAINED',
    `The weights are confirmed, but ${what}.`,
    `Wait before you scale ${old} down, or raise drain-timeout.`,
  )
}

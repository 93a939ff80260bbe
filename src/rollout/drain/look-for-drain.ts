import { listText } from '../../problem/list-text.ts'
import { warning } from '../../problem/problem.ts'
import { capitalized } from '../../problem/sentence.ts'
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

function notDrained(drain: Drain) {
  const { names, retired, inProgress, ended, stoppedBy } = drain
  const busy = retired.filter((index) => (inProgress[index] ?? 0) > 0)
  const old = listText((ended === 'unknown' ? retired : busy).map((index) => names[index] ?? ''))
  const raise = stoppedBy === 'run-time' ? 'timeout' : 'drain-timeout'
  return warning(
    'ITS-NOT-DRAINED',
    `The weights are confirmed, but ${notDrainedText(drain, busy)}.`,
    stoppedBy === 'cancelled'
      ? `Wait before you scale ${old} down.`
      : `Wait before you scale ${old} down, or raise ${raise}.`,
  )
}

function notDrainedText(
  { names, inProgress, unit, tookMs, ended, stoppedBy }: Drain,
  busy: readonly number[],
): string {
  const has = stoppedBy ? 'had' : 'has'
  const each = busy.map(
    (index) => `${names[index]} ${has} ${samplesText(inProgress[index] ?? 0, unit)} in progress`,
  )
  const open = `after ${Math.round(tookMs / 1000)} s, ${listText(each)}`
  if (stoppedBy)
    return `${STOPPED[stoppedBy]}. ${ended === 'unknown' ? UNKNOWN : capitalized(open)}`
  return ended === 'unknown'
    ? 'what is in progress is not known, because not all proxies of the rule could be read'
    : open
}

const STOPPED = {
  cancelled: 'the run was cancelled while it waited for what is in progress',
  'run-time':
    'the time limit of the run (timeout) was over while it waited for what is in progress',
}
const UNKNOWN = 'How much that is was not known'

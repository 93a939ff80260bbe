import { pause } from '../../../kube/pause.ts'
import { startCounting } from '../../counters/count-since.ts'
import type { Counting } from '../../counters/counting.ts'
import type { Context } from '../../model/context.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'
import { timeForChecks } from '../time/time-needed.ts'
import { usersNeeded } from './users-cannot-end.ts'
import { isUsersRateKnown, type UsersTraffic } from './users-rate.ts'

const LOOK_EVERY_MS = 200
/** The longest measurement, and no more than this part of `timeout`. */
const LONGEST_MS = 10_000
const PART_OF_TIMEOUT = 0.05

/** Looks for how much users do, as long as that decides whether the checks can end. */
export async function measureUsers(
  { options, nowMs, countersEveryMs }: Pick<Context, 'options' | 'nowMs' | 'countersEveryMs'>,
  { checks, unit, edit }: Pick<ShiftPlan, 'checks' | 'unit' | 'edit'>,
  counting: Counting,
  signal: AbortSignal,
): Promise<UsersTraffic> {
  const counter = startCounting(counting, { destinations: edit.names.length, unit })
  const order = {
    needed: usersNeeded(checks, options).mean,
    leftMs: Math.max(0, timeForChecks(checks, options)),
  }
  const longestMs = Math.min(LONGEST_MS, PART_OF_TIMEOUT * options.timeoutMs)
  await counter.look(signal)
  const startedMs = nowMs()
  for (;;) {
    await pause(countersEveryMs ?? LOOK_EVERY_MS, signal)
    const { counts } = await counter.look(signal)
    const seen = {
      samples: counts.reduce((sum, count) => sum + count, 0),
      ms: Math.max(1, nowMs() - startedMs),
    }
    if (signal.aborted || seen.ms >= longestMs || isUsersRateKnown(seen, order)) return seen
  }
}

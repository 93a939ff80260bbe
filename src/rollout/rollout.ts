import { afterRun, diagnosed } from './after-run.ts'
import { conclude } from './conclude.ts'
import type { Context } from './model/context.ts'
import type { Outcome } from './model/outcome.ts'
import { recoveredSentence } from './model/recovered.ts'
import { weightsBefore, weightsNow } from './outcome-weights.ts'
import { reachVerdict } from './reach-verdict.ts'
import { lastStepOf } from './rollback/restore-target.ts'
import { checksOf, drainOf, shiftPlanOf, startRunState } from './run-state.ts'
import { limits } from './time-limits.ts'
import { endOfError } from './verdict-text.ts'

/**
 * One run: plan, preflight, write, check, and restore or release, whatever happens on the way. Never rejects:
 * every end is an Outcome, and it is the last event too.
 */
export async function rollout(context: Context): Promise<Outcome> {
  const time = limits(context)
  const run = startRunState()
  const ended = await reachVerdict(context, run, time.work).catch((error: unknown) =>
    endOfError(context, error),
  )
  time.endWork()
  const state = run.now()
  const after = await afterRun(context, state, ended, time)
  const released = await diagnosed(context, state, after.ended, time)
  const left = await context.jobs.removeAll(time.closing())
  for (const finding of left) context.emit({ kind: 'finding', finding })
  time.end()
  const shiftPlan = shiftPlanOf(state)
  const { recovered } = run
  const first = recovered.map(recoveredSentence)
  const parts = [after.production, released.message, ...first].filter((text) => text !== '')
  return conclude(context, {
    ...released,
    message: parts.join('\n'),
    previousWeights: shiftPlan && weightsBefore(shiftPlan),
    weights: weightsNow(context, state, after, recovered.length > 0),
    checks: checksOf(state),
    drain: drainOf(state),
    rolledBack: after.rolledBack,
    ...(released.verdict !== 'pass' &&
      state.stage === 'written' && { lastStep: lastStepOf(state) }),
    recovered,
  })
}

import { placeText } from '../routes/object-name.ts'
import type { Context } from './model/context.ts'
import { exitStatus, type Outcome } from './model/outcome.ts'

/**
 * The last event of a run on a cluster: every end passes here. One that is not good and wrote nothing
 * says so. Of a check without a write that did not pass, as in `verify`, there is nothing to say.
 */
export function conclude(
  { api, options, emit }: Pick<Context, 'api' | 'options' | 'emit'>,
  ended: Outcome,
): Outcome {
  const isGood = exitStatus(ended) === 0 || ended.verdict === 'in-progress'
  const mayWrite = options.mode === 'shift' || ended.verdict === 'error'
  const object = placeText(options.object)
  const wrote = api.mayHaveWritten()
  const outcome: Outcome = {
    ...ended,
    wrote,
    ...(!isGood && mayWrite && !wrote && { untouched: { object } }),
  }
  emit({ kind: 'finished', outcome })
  return outcome
}

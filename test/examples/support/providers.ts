import type { Json } from '../../../src/kube/json.ts'
import type { Place } from './place.ts'
import type { StepDone } from './run-step.ts'

/** Does what an action of a cloud does, as far as this action can tell. */
type StandIn = (inputs: Readonly<Record<string, string>>, place: Place) => StepDone

export function standInFor(_step: Json): StandIn | undefined {
  return undefined
}

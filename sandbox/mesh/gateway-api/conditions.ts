import { type Json, listAt, textAt } from '../../objects/json.ts'
import type { ConfigError } from './objects.ts'

/** A condition as it shall be. `error` replaces reason and message, and inverts the status. */
export type Condition = {
  reason: string
  message: string
  status?: 'True' | 'False'
  error?: ConfigError | undefined
}

/** When and for which generation conditions are written. */
export type Moment = { generation: number; time: string }

/**
 * Conditions by type, in the order of types behind those that are there. One that did not change stays, and the time of
 * one that kept its status. Source: istio, SetListenerConditions, UpdateConditionIfChanged.
 */
export function withConditions(
  current: readonly Json[],
  wanted: Readonly<Record<string, Condition>>,
  { generation, time }: Moment,
): Json[] {
  const conditions = [...current]
  for (const type of Object.keys(wanted).sort()) {
    const { reason, message, error, status: usual = 'True' } = wanted[type] ?? NONE
    const status = error === undefined ? usual : usual === 'False' ? 'True' : 'False'
    const at = conditions.findIndex((one) => textAt(one, 'type') === type)
    const before = at < 0 ? undefined : conditions[at]
    const kept = textAt(before, 'status') === status ? textAt(before, 'lastTransitionTime') : time
    const made = {
      lastTransitionTime: kept ?? time,
      message: error?.message ?? message,
      observedGeneration: generation,
      reason: error?.reason ?? reason,
      status,
      type,
    }
    if (at < 0) conditions.push(made)
    else conditions[at] = made
  }
  return conditions
}

const NONE: Condition = { reason: '', message: '' }

/** The conditions in a part of a status. */
export function conditionsIn(part: Json | undefined): Json[] {
  return listAt(part, 'conditions')
}

import { type Json, numberAt, objectsAt, textAt } from '../../kube/json.ts'

/** What a controller says about an object, or about a listener of it. */
export type Condition = {
  type: string
  status: string
  reason: string
  message: string
  observedGeneration: number | undefined
}

export function conditionsAt(json: Json, ...path: string[]): Condition[] {
  return objectsAt(json, ...path, 'conditions').map((condition) => ({
    type: textAt(condition, 'type') ?? '',
    status: textAt(condition, 'status') ?? '',
    reason: textAt(condition, 'reason') ?? '',
    message: textAt(condition, 'message') ?? '',
    observedGeneration: numberAt(condition, 'observedGeneration'),
  }))
}

/**
 * A condition of the Gateway or of one of its listeners that has a status for the newest generation; undefined where the
 * controller has not seen that generation, or says otherwise.
 */
export function conditionNow(
  generation: number | undefined,
  conditions: readonly Condition[],
  type: string,
  status: 'True' | 'False',
): Condition | undefined {
  return conditions.find(
    (one) =>
      one.type === type &&
      one.status === status &&
      (one.observedGeneration === undefined ||
        generation === undefined ||
        one.observedGeneration >= generation),
  )
}

/** `AddressNotAssigned: no address is free`, in the words of the controller. */
export function conditionText({ reason, message }: Condition): string {
  return [reason, message].filter((text) => text !== '').join(': ') || 'it gives no reason'
}

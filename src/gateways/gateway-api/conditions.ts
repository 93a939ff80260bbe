import { type Condition, quotedMessage } from '../../routes/gateway-api/checks/conditions-of.ts'

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
      (one.generation === undefined || generation === undefined || one.generation >= generation),
  )
}

/** `AddressNotAssigned, "no address is free"`, in the words of the controller. */
export function reasonText(condition: Condition): string {
  const parts = [condition.reason, quotedMessage(condition)].filter((part) => part !== '')
  return parts.join(', ') || 'without a reason'
}

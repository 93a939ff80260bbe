import { type Json, numberAt, objectsAt, textAt } from '../../../kube/json.ts'

/** What a controller says about an object, or about a part of it. */
export type Condition = {
  type: string
  status: string
  reason: string
  message: string
  /** The generation that the controller looked at. */
  generation: number | undefined
}

/** The conditions in a part of an object. */
export function conditionsAt(json: Json | undefined, ...path: string[]): Condition[] {
  return objectsAt(json, ...path, 'conditions').map((condition) => ({
    type: textAt(condition, 'type') ?? '',
    status: textAt(condition, 'status') ?? '',
    reason: textAt(condition, 'reason') ?? '',
    message: textAt(condition, 'message') ?? '',
    generation: numberAt(condition, 'observedGeneration'),
  }))
}

const LONGEST = 300

/** The message of a controller in one line and in quotes; empty where it has none. */
export function quotedMessage({ message }: Condition): string {
  const line = message.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  if (line === '') return ''
  return JSON.stringify(line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line)
}

import type { JsonObject } from '../kube/json.ts'

export type Destination = {
  host: string
  port: number | undefined
  subset: string | undefined
  /** As written; undefined where none is. */
  weight: number | undefined
}

/** How a kind of route object writes the destinations of a rule. */
export type RuleFormat = {
  /** The field of a rule that lists its destinations. */
  list: string
  /** The field of a destination that has its weight. */
  weight: string
  /** The weight of one of several destinations where none is written. */
  missingWeight: number
  /** The largest weight that the API accepts. */
  largestWeight: number
  /** The field that every destination must have, as a reader would look for it. */
  required: string
  parse: (item: JsonObject) => Destination
  /** Fields of a destination that a copy of it must not take over. */
  uncopied: readonly string[]
  /** A copy of a destination in another place. */
  moved: (item: JsonObject, to: NewDestination) => JsonObject
}

/** Where a new destination is. What is not given comes from the destination that it is copied from. */
export type NewDestination = { subset: string } | { host: string; port?: number; subset?: string }

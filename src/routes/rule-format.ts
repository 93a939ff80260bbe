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
  /** How replies can be made to name their destination; undefined where they cannot. */
  stamp?: StampFormat
  /** A copy of a destination in another place. */
  moved: (item: JsonObject, to: NewDestination) => JsonObject
}

/** How a destination as written has a stamp: a response header that names it in each of its replies. */
export type StampFormat = {
  /** The stamp of a destination; undefined where it has none. */
  of: (item: JsonObject) => string | undefined
  /** The destination with a stamp, or without one. Fields that are then empty stay where `before`, the destination before its stamp, had them. */
  stamped: (item: JsonObject, value: string | undefined, before?: JsonObject) => JsonObject
  /** The field of the rule, or of one of its destinations, that sets or removes the same header; undefined where none does. */
  conflict: (rule: JsonObject, items: readonly JsonObject[]) => string | undefined
}

/** Where a new destination is. What is not given comes from the destination that it is copied from. */
export type NewDestination = { subset: string } | { host: string; port?: number; subset?: string }

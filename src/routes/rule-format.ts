import type { JsonObject } from '../kube/json.ts'
import type { NamespacedName } from '../kube/names.ts'

/** A Service by its namespace and name. */
export type ServiceName = NamespacedName

export type Destination = {
  /** What inputs may call it, the preferred names first. Another destination of the rule may have some of them too. */
  forms: readonly string[]
  /** As the object names it; empty where it does not. */
  host: string
  port: number | undefined
  subset: string | undefined
  /** As written; undefined where none is. */
  weight: number | undefined
  /** What it is where it is no Service, so that its weight cannot be shifted: `InferencePool models`. */
  otherKind?: string
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
  /** Whether the only destination of a rule gets everything, whatever its weight. */
  onlyHasAll: boolean
  /** Whether a destination can be a subset of a Service. */
  hasSubsets: boolean
  /** The field that every destination must have, as a reader would look for it. */
  required: string
  parse: (item: JsonObject) => Destination
  /** The Service of a destination; undefined where its host is not the name of a Service. A host can be in the namespace of the route object. */
  serviceOf: (to: { host: string }, namespace: string) => ServiceName | undefined
  /** Whether a text names a destination in a spelling that is none of its forms. */
  means: (destination: Destination, text: string, namespace: string) => boolean
  /** The place that a text names without a look at a cluster; undefined where it names none. */
  newDestination: (text: string) => NewDestination | undefined
  /** How to write a new destination in place of a text that names none. `host` is one that the rule has. */
  howToAdd: (text: string, host: string | undefined) => { hint: string; remedy: string }
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

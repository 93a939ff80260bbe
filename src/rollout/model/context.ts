import type { ApiServer } from '../../kube/api-server.ts'
import type { Json } from '../../kube/json.ts'
import type { OnFailure, Options } from '../../options/options.ts'
import type { WrittenDestinations } from '../../routes/written-destinations.ts'
import type { RunEvent } from './events.ts'
import type { ManifestRule } from './manifest-rule.ts'

/** Everything that a run needs from the outside. Functions take the parts that they use. */
export type Context = Asked & Clusters & Reporting & Surroundings & Recovery

/** What the run is asked to do. */
export type Asked = {
  options: Options
  /** The rule that verify checks; undefined: the inputs name the weights, or those of the object are meant. */
  manifestRule?: ManifestRule
}

/** The API servers of a run. */
export type Clusters = {
  /** Has the route object, Gateways and DestinationRules. */
  api: ApiServer
  /** Has the Services and Pods of the gateway and of the application; often the same cluster. */
  workloads: ApiServer
}

/** How a run says what happens. */
export type Reporting = {
  emit: (event: RunEvent) => void
  /** Removes secrets from a text. To be called before a text is cut, since half a secret would not be recognized. */
  redact: (text: string) => string
}

/** The process that a run is in. */
export type Surroundings = {
  /** Milliseconds, monotonic. */
  nowMs: () => number
  environment: Readonly<Record<string, string | undefined>>
  /** Aborts when a person or the runner cancels. */
  cancelled: AbortSignal
}

/** What lets others recover an interrupted run. */
export type Recovery = {
  /** The CI run, which attempt of it this is, and who started it: a link or user@host. */
  run: { id: string; attempt: number; owner: string; by: string }
  /** Called before the first write, with what post needs to restore the weights if this process is killed. */
  saveIntent: (intent: Intent) => void
}

/** What survives a killed run: where its mark may be, and whose. */
export type Intent = {
  owner: string
  uid: string
  server: string
  context: string
  /** Of the kubeconfig for the gateway's and the application's Services and Pods; empty where it is not known. */
  gatewayContext: string
  /** Of the route object. */
  kind: string
  namespace: string
  name: string
  /** Under which version the API server serves it. */
  version: string
  /** The commands that put the object in order by hand. */
  byHand: string
  /** undefined: too long for the state, or saved by an older version. */
  memory?: Memory | undefined
}

/** What post goes by where a webhook, or somebody else, took the journal off the object. */
export type Memory = {
  /** The kind of the route object. */
  kind: string
  match: Json
  nth: number
  /** The destinations that a rollback restores. */
  original: WrittenDestinations
  /** Every route list that was sent. */
  written: readonly WrittenDestinations[]
  onFailure: OnFailure
  /** The object's, when this was saved. */
  generation: number | undefined
  /**
   * expected: each write carries it. lost: the last one was stored without it, or with another.
   * released: the run is done, and about to remove it.
   */
  journal: 'expected' | 'lost' | 'released'
  /** The journal as it was stored, where it was `lost`. */
  stored?: string | undefined
}

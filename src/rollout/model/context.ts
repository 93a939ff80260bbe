import type { ApiServer } from '../../kube/api-server.ts'
import type { Json } from '../../kube/json.ts'
import type { OnFailure, Options } from '../../options/options.ts'
import type { WrittenDestinations } from '../../routes/written-destinations.ts'
import type { ManifestRule } from '../plan/await-manifest.ts'
import type { RunEvent } from './events.ts'

/** What a run needs of the world. Everything that is not pure comes through here. */
export type Context = {
  options: Options
  /** Holds the route object and its kin. */
  api: ApiServer
  /** Holds the gateway's and the application's Services and Pods; often the same. */
  workloads: ApiServer
  emit: (event: RunEvent) => void
  /** Milliseconds, monotonic. */
  nowMs: () => number
  environment: Readonly<Record<string, string | undefined>>
  /** Aborts when a person or the runner cancels. */
  cancelled: AbortSignal
  /** Takes secrets out of a text: before it is cut, as half a secret would not be known for one. */
  redact: (text: string) => string
  /** Names the CI run, which attempt of it this is, and by whom it was started: a link or user@host. */
  run: { id: string; attempt: number; owner: string; by: string }
  /** Called before the first write, with what post needs to put things right should this process die. */
  saveIntent: (intent: Intent) => void
  /** The rule that verify proves; undefined: the inputs say the weights, or the object itself. */
  manifestRule?: ManifestRule
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

import type { RuleKey } from '../routes/rule-identity.ts'
import type { WrittenDestinations } from '../routes/written-destinations.ts'
import type { OnFailure } from './journal.ts'

/** What a run saves before each write, for the step that cleans up after a run that was killed. */
export type Intent = {
  owner: string
  uid: string
  server: string
  context: string
  /** The path of the kubeconfig as commands name it; empty where they name none, or in what older versions saved. */
  kubeconfig: string
  /** Of the kubeconfig for the gateway's and the application's Services and Pods; empty where it is not known. */
  gatewayContext: string
  /** Of the route object. */
  kind: string
  namespace: string
  name: string
  /** The version of the API group under which the API server serves the object. */
  version: string
  /** The commands that do manually what the run does if it does not pass. */
  manualCommand: string
  /** undefined: too long for the state, or saved by an older version. */
  memory?: Memory | undefined
}

/** What the run knows of its writes, for an object whose journal a webhook or another client removed. */
export type Memory = RuleKey & {
  /** The kind of the route object. */
  kind: string
  /** The destinations that a rollback restores. */
  original: WrittenDestinations
  /** Those from before the run, where these are not the same: a rollback restores a confirmed step. */
  before?: WrittenDestinations | undefined
  /** Every list of destinations that was sent. */
  written: readonly WrittenDestinations[]
  onFailure: OnFailure
  /** The object's generation when this was saved. */
  generation: number | undefined
  /**
   * expected: each write carries it. lost: the last write was stored without it, or with another one.
   * released: the run is done, and about to remove it.
   */
  journal: 'expected' | 'lost' | 'released'
  /** The journal as it was stored, where it was `lost`. */
  stored?: string | undefined
}

/**
 * What a run saved that did not release its object. `hasEnded`: it ended by itself and could not restore the weights
 * or remove its journal; otherwise it was killed.
 */
export type Unsettled = Intent & { hasEnded: boolean }

import type { ApiServer } from '../mesh/api-server.ts'
import type { Options } from '../options/options.ts'
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
}

/** What survives a killed run: where its mark may be, and whose. */
export type Intent = {
  owner: string
  uid: string
  server: string
  context: string
  /** Of the kubeconfig for the gateway's and the application's Services and Pods; empty where it is not known. */
  gatewayContext: string
  namespace: string
  name: string
  /** Under which version the API server serves it. */
  version: string
  /** The commands that put the object in order by hand. */
  byHand: string
}

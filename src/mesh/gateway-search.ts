import type { Endpoint, NamespacedName } from '../options/options.ts'
import type { ApiServer } from './api-server.ts'
import type { Entry } from './entry.ts'
import type { Finding } from './finding.ts'

export type GatewaySearch = {
  /** Holds the Gateway. */
  api: ApiServer
  /** Holds the Services and Nodes. */
  workloads: ApiServer
  istioVersion: string
  entry: Entry
  gatewayService: NamespacedName | undefined
}

export type FoundAddress =
  | { ok: true; endpoint: Endpoint; how: string }
  | { ok: false; finding: Finding }

/** What mends every search that finds nothing. */
export const GIVE_ENDPOINT = 'Or give endpoint: host:port, where connections can be made from here.'

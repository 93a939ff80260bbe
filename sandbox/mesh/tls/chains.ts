import type { KubeObject } from '../../objects/kube-object.ts'
import type { Sight } from '../clusters.ts'
import type { Filter } from '../config.ts'
import type { VirtualHost } from '../http/routes.ts'
import type { BoundServer } from '../servers.ts'

/** How TLS connections with one of these server names go on. `*` is any, also none. */
export type TlsChain = {
  sniHosts: readonly string[]
  /** Undefined: the bytes go on as they are. */
  termination: undefined
  filter: Filter
}

export function tlsChains(
  _servers: readonly BoundServer[],
  _around: { virtualServices: readonly KubeObject[]; sight: Sight; port: number },
): { chains: TlsChain[]; routes: Map<string, readonly VirtualHost[]> } {
  return { chains: [], routes: new Map() }
}

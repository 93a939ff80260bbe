import type { Arrival, ClientPods } from '../../routes/probe-request.ts'
import { type FoundGateway, NOTHING_FOUND } from '../gateway-search.ts'
import { gatewayName } from './gateway-object.ts'
import type { AtServer } from './shadowing/first-taker.ts'

/** What a search for an Istio Gateway found, with the server that the connections go to. */
export type FoundServer = FoundGateway & { at: AtServer | undefined }

export const NO_SERVER: FoundServer = { ...NOTHING_FOUND, at: undefined }

/** The same with the server, if the search was for an Istio Gateway. */
export function asFoundServer(found: FoundGateway): FoundServer {
  return hasServer(found) ? found : { ...found, at: undefined }
}

function hasServer(found: FoundGateway): found is FoundServer {
  return 'at' in found
}

export function arrivalAt({ gateway, server }: AtServer, pods: ClientPods | undefined): Arrival {
  return { gateway: gatewayName(gateway), port: server.port, ...(pods ? { pods } : {}) }
}

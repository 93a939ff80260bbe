import { MESH_GATEWAY } from './entry.ts'
import { type Finding, problem } from './finding.ts'
import type { FoundAddress, GatewaySearch } from './gateway-search.ts'
import { readServer } from './gateway-server.ts'
import { findService, firstLook } from './gateway-service.ts'
import { addressOf, failed } from './service-address.ts'

/**
 * Finds where connections reach the entry: from its Gateway to the Service in front of the gateway,
 * to the load balancer's address, or a node's where there is none.
 */
export async function findGatewayAddress(
  search: GatewaySearch,
  signal: AbortSignal,
): Promise<FoundAddress> {
  const gateways = search.entry.gateways.filter((name) => name !== MESH_GATEWAY)
  if (gateways.length === 0) return failed(boundToNone())
  const looking = firstLook(search, signal)
  let first: Finding | undefined
  for (const gateway of gateways) {
    const found = await readServer(search, gateway, signal)
    if (!('finding' in found)) {
      const service = await findService(search, looking, found, signal)
      if ('finding' in service) return failed(service.finding)
      return addressOf(search, service.service, found, signal)
    }
    first ??= found.finding
  }
  return failed(first ?? boundToNone())
}

function boundToNone(): Finding {
  return problem(
    'preflight',
    'the entry is bound to no gateway, only to sidecars, so there is no gateway to connect to',
    'Give endpoint: host:port.',
  )
}

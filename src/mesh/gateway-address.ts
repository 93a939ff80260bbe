import { MESH_GATEWAY } from './entry.ts'
import { type Finding, problem } from './finding.ts'
import { podsBehind } from './gateway-pods.ts'
import { type FoundGateway, type GatewaySearch, NOTHING_FOUND } from './gateway-search.ts'
import { notProbed, readServers } from './gateway-server.ts'
import { findService, firstLook } from './gateway-service.ts'
import { addressesOf } from './service-address.ts'

/**
 * Finds where connections reach the entry: from its Gateway to the Service in front of the gateway,
 * to the addresses of the load balancer, or of the nodes where there is none.
 */
export async function findGatewayAddress(
  search: GatewaySearch,
  signal: AbortSignal,
): Promise<FoundGateway> {
  const gateways = search.entry.gateways.filter((name) => name !== MESH_GATEWAY)
  if (gateways.length === 0) return { ...NOTHING_FOUND, findings: [boundToNone()] }
  const looking = firstLook(search, signal)
  let first: Finding | undefined
  for (const gateway of gateways) {
    const found = await readServers(search, gateway, signal)
    if ('finding' in found) {
      first ??= found.finding
      continue
    }
    const service = await findService(search, looking, found.gateway, signal)
    if ('finding' in service) {
      const at = { gateway: found.gateway, server: found.servers[0] }
      return { ...NOTHING_FOUND, at, findings: [service.finding] }
    }
    const pods = podsBehind(service.service, found.gateway)
    const reached = await addressesOf(search, service.service, found.servers, signal)
    const at = { gateway: found.gateway, server: reached.server }
    const findings = notProbed(at, found.servers)
    if ('finding' in reached.found)
      return { at, pods, address: undefined, findings: [...findings, reached.found.finding] }
    return { at, pods, address: reached.found, findings }
  }
  return { ...NOTHING_FOUND, findings: [first ?? boundToNone()] }
}

function boundToNone(): Finding {
  return problem(
    'preflight',
    'the entry is bound to no gateway, only to sidecars, so there is no gateway to connect to',
    'Give endpoint: host:port.',
  )
}

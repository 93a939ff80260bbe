import { MESH_GATEWAY } from './entry.ts'
import { type Finding, problem } from './finding.ts'
import { podsBehind } from './gateway-pods.ts'
import { type FoundGateway, type GatewaySearch, NOTHING_FOUND } from './gateway-search.ts'
import { readServer } from './gateway-server.ts'
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
    const found = await readServer(search, gateway, signal)
    if ('finding' in found) {
      first ??= found.finding
      continue
    }
    const at = { gateway: found.gateway, server: found.server }
    const service = await findService(search, looking, found.gateway, signal)
    if ('finding' in service)
      return { ...NOTHING_FOUND, at, findings: [...found.findings, service.finding] }
    const pods = podsBehind(service.service, found.gateway)
    const address = await addressesOf(search, service.service, found.server, signal)
    if ('finding' in address)
      return { at, pods, address: undefined, findings: [...found.findings, address.finding] }
    return { at, pods, address, findings: found.findings }
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

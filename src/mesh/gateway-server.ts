import type { NamespacedName } from '../options/options.ts'
import { type Finding, problem } from './finding.ts'
import { type GatewaySearch, GIVE_ENDPOINT } from './gateway-search.ts'
import { labelsAt, numberAt, objectsAt, textAt } from './json.ts'
import { kubectl } from './kubectl.ts'
import { grantingRule, ISTIO_NETWORKING, type Resource, readObject } from './resources.ts'

/** What of a Gateway takes the entry's connections, and whose Pods do. */
export type GatewayServer = {
  gateway: NamespacedName
  selector: Readonly<Record<string, string>>
  port: number
  portName: string
}

/** The server of a Gateway that the entry is for. */
export async function readServer(
  search: GatewaySearch,
  gateway: string,
  signal: AbortSignal,
): Promise<GatewayServer | { finding: Finding }> {
  const [namespace = '', name = ''] = gateway.split('/')
  const resource: Resource = {
    group: ISTIO_NETWORKING,
    version: search.istioVersion,
    plural: 'gateways',
    namespace,
    name,
  }
  const read = await readObject(search.api, resource, signal)
  if (read.kind === 'denied') {
    return {
      finding: problem(
        'access',
        `reading Gateway ${gateway} is not allowed, so the gateway's address cannot be found`,
        `${grantingRule(resource)}\n${GIVE_ENDPOINT}`,
      ),
    }
  }
  if (read.kind === 'missing') {
    return {
      finding: problem(
        'preflight',
        `there is no Gateway ${gateway}, to which the entry is bound`,
        `See what there is:\n  ${kubectl(search.api.context, namespace)} get gateways.networking.istio.io`,
      ),
    }
  }
  const servers = objectsAt(read.value, 'spec', 'servers')
  const matched = search.entry.listeners.filter((listener) => listener.gateway === gateway)
  const anyPort = matched.some((listener) => listener.port === undefined)
  const onPort = servers.filter(
    (server) =>
      anyPort || matched.some((listener) => listener.port === numberAt(server, 'port', 'number')),
  )
  const [server, second] = onPort
  const port = numberAt(server, 'port', 'number')
  if (server === undefined || port === undefined || (second !== undefined && anyPort)) {
    const ports = servers.map((known) => numberAt(known, 'port', 'number'))
    const wanted = anyPort
      ? 'exactly one server, as the entry matches no port'
      : `a server on port ${matched.map((listener) => listener.port).join(' or ')}, which the entry matches`
    return {
      finding: problem(
        'preflight',
        `Gateway ${gateway} lacks ${wanted}; it has ports ${ports.join(', ') || 'none'}`,
        GIVE_ENDPOINT,
      ),
    }
  }
  return {
    gateway: { namespace, name },
    selector: labelsAt(read.value, 'spec', 'selector'),
    port,
    portName: textAt(server, 'port', 'name') ?? '',
  }
}

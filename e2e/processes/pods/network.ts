import type { NetworkPlace } from '../../../sandbox/jobs/pod-network.ts'
import { listAt, numberAt, textAt } from '../../../sandbox/objects/json.ts'
import type { Api } from '../../objects/api.ts'

/** Where the names of Services lead that have a load balancer, as no name server has them here. */
export async function loadBalanced(api: Api): Promise<NetworkPlace[]> {
  const { body } = await api.call('GET', '/api/v1/services')
  return listAt(body, 'items').flatMap((service) => {
    const address = textAt(service, 'status', 'loadBalancer', 'ingress', 0, 'ip')
    if (address === undefined) return []
    const name = `${textAt(service, 'metadata', 'name')}.${textAt(service, 'metadata', 'namespace')}`
    const names = [name, `${name}.svc`, `${name}.svc.cluster.local`]
    const ports = listAt(service, 'spec', 'ports').map((one) => numberAt(one, 'port') ?? 0)
    return names.flatMap((host) => ports.map((port): NetworkPlace => [host, port, address, port]))
  })
}

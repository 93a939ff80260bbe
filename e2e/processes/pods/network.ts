import type { NetworkPlace } from '../../../sandbox/jobs/pod-network.ts'
import { type Json, listAt, numberAt, textAt } from '../../../sandbox/objects/json.ts'
import { type KubeObject, textsOf } from '../../../sandbox/objects/kube-object.ts'
import type { Api } from '../../objects/api.ts'
import { CLIENT_PODS, CLIENT_PORTS } from '../addresses.ts'

/**
 * Where the names of Services lead in a Pod, as no name server and no iptables lead anywhere here: to its sidecar, if it has one
 * that takes the port, else to the load balancer, if the Service has one.
 */
export async function networkOf(api: Api, pod: KubeObject): Promise<NetworkPlace[]> {
  const { body } = await api.call('GET', '/api/v1/services')
  const sidecar = sidecarOf(pod)
  return listAt(body, 'items').flatMap((service) => {
    const address = textAt(service, 'status', 'loadBalancer', 'ingress', 0, 'ip')
    return listAt(service, 'spec', 'ports').flatMap((one) => {
      const port = numberAt(one, 'port') ?? 0
      const isTaken = CLIENT_PORTS.some(({ number }) => number === port)
      const to = isTaken ? (sidecar ?? address) : address
      return to === undefined
        ? []
        : namesOf(service).map((host): NetworkPlace => [host, port, to, port])
    })
  })
}

/** The sidecars of the two clients are those of all injected Pods, by their index. */
function sidecarOf(pod: KubeObject): string | undefined {
  const labels = textsOf(pod, 'labels')
  if (labels['sidecar.istio.io/inject'] !== 'true') return undefined
  const isOdd = Number(labels['batch.kubernetes.io/job-completion-index']) % 2 === 1
  return isOdd ? CLIENT_PODS.otherClient : CLIENT_PODS.client
}

function namesOf(service: Json): string[] {
  const name = `${textAt(service, 'metadata', 'name')}.${textAt(service, 'metadata', 'namespace')}`
  return [name, `${name}.svc`, `${name}.svc.cluster.local`]
}

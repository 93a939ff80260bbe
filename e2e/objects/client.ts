import { type JsonObject, objectAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { CLIENT_PORTS } from '../processes/addresses.ts'
import { type ClientName, PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import type { Api } from './api.ts'
import { keepTokenOf } from './gateway-account.ts'
import { tutorialObject } from './tutorial.ts'

const { namespace, serviceAccount } = PROXY_PODS.client

/** The Pod of a client, with an injected sidecar. */
export function clientPod(client: ClientName): KubeObject {
  const { pod: name, labels, address } = PROXY_PODS[client]
  const echo = tutorialObject('Pod', 'tcp-echo-v1-0')
  const containers = ['client', 'istio-proxy'].map((one) => ({ name: one, image: 'example' }))
  const status = { ...objectAt(echo, 'status'), podIP: address, podIPs: [{ ip: address }] }
  const spec = { nodeName: 'node-0', serviceAccountName: serviceAccount, containers }
  return { ...echo, metadata: { name, namespace, labels }, spec, status }
}

/**
 * Lets the sidecar of a client take HTTP requests at the address of its Pod, because no iptables lead connections to it. It sees
 * these hosts.
 */
export function clientSidecar(client: ClientName, hosts: string[] = ['./*']): KubeObject {
  const { pod: name, labels, address } = PROXY_PODS[client]
  const egress = CLIENT_PORTS.map(
    (port): JsonObject => ({ port: { ...port }, bind: address, captureMode: 'NONE', hosts }),
  )
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name, namespace },
    spec: { workloadSelector: { labels: { client: labels.client } }, egress },
  }
}

/** Creates the service account of the clients, before their sidecars start. */
export async function createClientAccount(api: Api): Promise<void> {
  const metadata = { name: serviceAccount, namespace }
  const account: KubeObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata }
  await api.create(account)
  await keepTokenOf(api, PROXY_PODS.client)
}

/** Removes it again. */
export function removeClientAccount(api: Api): Promise<void> {
  const metadata = { name: serviceAccount, namespace }
  return api.remove({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
}

import { objectAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { CLIENT_PORT } from '../processes/addresses.ts'
import { PROXY_PODS } from '../processes/envoy.ts'
import type { Api } from './api.ts'
import { keepTokenOf } from './gateway-account.ts'
import { tutorialObject } from './tutorial.ts'

const { namespace, pod: name, labels, address, serviceAccount } = PROXY_PODS.client

/** The Pod of the client, with an injected sidecar. */
export function clientPod(): KubeObject {
  const echo = tutorialObject('Pod', 'tcp-echo-v1-0')
  const containers = ['client', 'istio-proxy'].map((one) => ({ name: one, image: 'example' }))
  const status = { ...objectAt(echo, 'status'), podIP: address, podIPs: [{ ip: address }] }
  const spec = { nodeName: 'node-0', serviceAccountName: serviceAccount, containers }
  return { ...echo, metadata: { name, namespace, labels }, spec, status }
}

/** Lets the sidecar take HTTP requests on a port of 127.0.0.1, for no iptables lead connections to it. */
function clientSidecar(): KubeObject {
  const port = { number: CLIENT_PORT, protocol: 'HTTP', name: 'http' }
  const egress = [{ port, bind: '127.0.0.1', captureMode: 'NONE', hosts: ['./*'] }]
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name: 'client', namespace },
    spec: { workloadSelector: { labels }, egress },
  }
}

/** Creates the objects of the client, before its sidecar starts. */
export async function createClient(api: Api, how: { capturesAll: boolean }): Promise<void> {
  const metadata = { name: serviceAccount, namespace }
  const account: KubeObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata }
  await api.create(account)
  await keepTokenOf(api, PROXY_PODS.client)
  await api.create(clientPod())
  if (!how.capturesAll) await api.create(clientSidecar())
}

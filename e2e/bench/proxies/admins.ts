import { readFileSync } from 'node:fs'
import { openProxyAdmin } from '../../../src/evidence/proxies/open-proxy-admin.ts'
import type { ProxyAdmin } from '../../../src/evidence/proxies/proxy-admin.ts'
import { openApiServer } from '../../../src/kube/api-server.ts'
import { loadCluster } from '../../../src/kube/credentials/load-cluster.ts'
import { PROXY_PODS } from '../../processes/envoy/proxy-pods.ts'
import { adminKubeconfig } from '../../processes/start-mesh.ts'

/** The admin endpoints of both replicas of the gateway, as a run reads them: through the API server and the kubelet. */
export async function gatewayAdmins(): Promise<Record<'first' | 'second', ProxyAdmin>> {
  const loaded = loadCluster(
    {
      kubeconfig: { kind: 'yaml', text: readFileSync(adminKubeconfig(), 'utf8') },
      context: undefined,
    },
    {},
  )
  if (!loaded.ok) throw new Error('the kubeconfig of the mesh cannot be read')
  const api = openApiServer(loaded.cluster, {
    onCall: () => undefined,
    onSecret: () => undefined,
    redact: (text) => text,
    random: Math.random,
    nowMs: () => performance.now(),
  })
  const open = ({ namespace, pod: name }: { namespace: string; pod: string }) =>
    openProxyAdmin(api, { namespace, name }, new AbortController().signal)
  return { first: await open(PROXY_PODS.first), second: await open(PROXY_PODS.second) }
}

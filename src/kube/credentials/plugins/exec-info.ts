import type { Cluster } from '@kubernetes/client-node/dist/config_types.js'
import { type Json, type JsonObject, objectsAt, textAt } from '../../json.ts'

const NAME = 'KUBERNETES_EXEC_INFO'

/**
 * A plugin with the variable that kubectl sets for it. It holds whether a person can be asked, and the cluster if the
 * kubeconfig has provideClusterInfo. As with kubectl, it replaces a variable of that name in the kubeconfig.
 * Source: k8s.io/client-go, plugin/pkg/client/auth/exec and rest/exec.go.
 */
export function withExecInfo(
  exec: JsonObject,
  cluster: Cluster,
  config: JsonObject | undefined,
  isInteractive: boolean,
): JsonObject {
  const info = {
    kind: 'ExecCredential',
    apiVersion: textAt(exec, 'apiVersion'),
    spec: {
      interactive: isInteractive && textAt(exec, 'interactiveMode') !== 'Never',
      ...(exec.provideClusterInfo === true ? { cluster: clusterInfo(cluster, config) } : {}),
    },
  }
  const env: Json[] = objectsAt(exec, 'env').filter(({ name }) => name !== NAME)
  return { ...exec, env: [...env, { name: NAME, value: JSON.stringify(info) }] }
}

function clusterInfo(cluster: Cluster, config: JsonObject | undefined): object {
  return {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify || undefined,
    'certificate-authority-data': cluster.caData,
    'proxy-url': cluster.proxyUrl,
    config,
  }
}

import { readFileSync } from 'node:fs'
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js'
import { type Json, objectsAt, textAt } from './json.ts'

const NAME = 'KUBERNETES_EXEC_INFO'

/**
 * The user with what kubectl tells a plugin that hands out credentials, and the library does not: that nobody can be
 * asked, and which cluster it is for where the kubeconfig says so (provideClusterInfo).
 * Source: k8s.io/client-go, plugin/pkg/client/auth/exec.
 */
export function withExecInfo(user: User, cluster: Cluster): User {
  const exec: Json | undefined = user.exec
  const given = objectsAt(exec, 'env')
  if (textAt(exec, 'command') === undefined || given.some(({ name }) => name === NAME)) return user
  const info = {
    kind: 'ExecCredential',
    apiVersion: textAt(exec, 'apiVersion'),
    spec: {
      interactive: false,
      ...(user.exec.provideClusterInfo === true ? { cluster: clusterInfo(cluster) } : {}),
    },
  }
  return {
    ...user,
    exec: { ...user.exec, env: [...given, { name: NAME, value: JSON.stringify(info) }] },
  }
}

function clusterInfo(cluster: Cluster): object {
  const authority =
    cluster.caData ?? (cluster.caFile && readFileSync(cluster.caFile).toString('base64'))
  return {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify || undefined,
    'certificate-authority-data': authority || undefined,
    'proxy-url': cluster.proxyUrl,
  }
}

import { type ApiHooks, type ApiServer, openApiServer } from '../kube/api-server.ts'
import type { ClusterSource } from '../kube/credentials/cluster-source.ts'
import { type Cluster, loadCluster } from '../kube/credentials/load-cluster.ts'
import { readAhead } from '../kube/read-ahead.ts'
import { inputProblem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import type { Host } from './host.ts'

/** What opening a cluster needs of a host. */
export type ClusterHost = Pick<Host, 'environment' | 'print' | 'onSecret' | 'redact'>

/** The kubeconfigs of a run, each with its chosen context. `workloads`: of the gateway and the application. */
export type LoadedClusters = { config: Cluster; workloads: Cluster }

/** Reads the kubeconfig of a source, and registers its secrets. `prefix`: of the inputs that name it. */
export function loadFrom(
  { environment, print, onSecret }: ClusterHost,
  source: ClusterSource,
  prefix: '' | 'gateway-' = '',
): Result<Cluster> {
  const hear = (text: string) => print({ level: 'info', text })
  const loaded = loadCluster(source, environment, '/', { hear, onSecret })
  if (loaded.ok) {
    for (const secret of loaded.cluster.secrets) onSecret(secret)
    return success(loaded.cluster)
  }
  const { option, code, what } = loaded
  const input = `${prefix}${option}`
  return failure(inputProblem(input, code, option === 'context' ? what : `${input} ${what}`))
}

/** The API servers of a run. They are one where both kubeconfigs are. */
export type OpenClusters = { api: ApiServer; workloads: ApiServer; close: () => void }

/**
 * Opens no connection yet: the first call does.
 *
 * @param ahead how calls are reported, and a path of the first cluster to read at once
 */
export function openClusters(
  clusters: LoadedClusters,
  { onSecret, redact }: Pick<ClusterHost, 'onSecret' | 'redact'>,
  ahead: {
    report?: Partial<Pick<ApiHooks, 'onCall' | 'onRetry' | 'onSent'>>
    path?: string
  } = {},
): OpenClusters {
  const nowMs = () => performance.now()
  const open = (cluster: Cluster) =>
    openApiServer(cluster, {
      onCall: () => undefined,
      ...ahead.report,
      onSecret,
      redact,
      random: Math.random,
      nowMs,
    })
  const { config, workloads: gateway } = clusters
  const isSame = gateway === config
  const first = open(isSame ? config : { ...config, gateway })
  const api = ahead.path === undefined ? first : readAhead(first, ahead.path)
  const workloads = isSame ? api : open(gateway)
  const close = () => {
    api.close()
    workloads.close()
  }
  return { api, workloads, close }
}

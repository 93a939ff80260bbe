import { withPem } from '../../evidence/probe/tls/read-pem.ts'
import type { ClusterSource } from '../../kube/credentials/cluster-source.ts'
import type { Problem } from '../../problem/problem.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { firstPath } from '../../routes/types/route-types.ts'
import type { Host } from '../host.ts'
import { type LoadedClusters, loadFrom, type OpenClusters, openClusters } from '../open-clusters.ts'
import type { Asked } from '../refused.ts'
import { type HeldCalls, holdCalls } from './held-calls.ts'

/** What a run on a cluster begins with. */
export type Prepared = {
  /** The inputs for probes, with the texts of their files. */
  probe: ReturnType<typeof withPem>
  loaded: Result<LoadedClusters>
  calls: HeldCalls
  /** With the first read under way; undefined where something must be known before the first call. */
  open: OpenClusters | undefined
}

/** Reads the files that the inputs name. If nothing is wrong with the inputs, sends the first read. */
export function prepare(host: Host, asked: Asked): Prepared {
  const { options, invalid } = asked
  const probe = withPem(options.probe, host.onSecret)
  const loaded = loadClusters(host, asked)
  const calls = holdCalls()
  // A manifest is read later, and what is wrong with it must be reported before the first call.
  const isFine = invalid.length === 0 && probe.ok && loaded.ok && options.manifest === undefined
  if (!isFine) return { probe, loaded, calls, open: undefined }
  const path = firstPath(options.object)
  const open = openClusters(loaded.value, host, { report: calls.hooks, path })
  return { probe, loaded, calls, open }
}

/**
 * Reads the kubeconfigs even where other inputs are wrong, so that every problem is reported at once. A kubeconfig that
 * was refused already is not read.
 */
export function loadClusters(host: Host, { options, invalid }: Asked): Result<LoadedClusters> {
  const problems: Problem[] = []
  const load = (source: ClusterSource, prefix: '' | 'gateway-') => {
    if (invalid.some(({ input }) => input === `${prefix}kubeconfig`)) return undefined
    const loaded = loadFrom(host, source, prefix)
    if (loaded.ok) return loaded.value
    problems.push(...loaded.problems)
    return undefined
  }
  const config = load(options.cluster, '')
  const isSame = JSON.stringify(options.cluster) === JSON.stringify(options.gatewayCluster)
  const workloads = isSame ? config : load(options.gatewayCluster, 'gateway-')
  return config && workloads ? success({ config, workloads }) : failure(...problems)
}

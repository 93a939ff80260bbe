import type { Intent, Unsettled } from '../../journal/intent.ts'
import { killedWrite } from '../../journal/recorded-write.ts'
import type { Restored } from '../../journal/restore/restored.ts'
import type { ClusterSource } from '../../kube/credentials/cluster-source.ts'
import { IN_CLUSTER } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import type { Cluster } from '../../kube/credentials/load-cluster.ts'
import { readClusters } from '../../options/groups/clusters.ts'
import { completed } from '../../options/input-problem.ts'
import { fromInputs } from '../../options/inputs-of-step.ts'
import { startReading } from '../../options/reader.ts'
import { Aborted } from '../../problem/aborted.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Result } from '../../problem/result.ts'
import { blockedByPods } from '../../rollout/rollback/restore-blocked-by.ts'
import { noteRestored } from '../notices/note-restored.ts'
import { type ClusterHost, type LoadedClusters, loadFrom, openClusters } from '../open-clusters.ts'
import { readKubeconfigList } from '../state.ts'

const LIMIT_MS = 60_000
/** From a signal on: the runner sends its next one 7.5 s after its first. */
const AFTER_SIGNAL_MS = 6000

/** Restores what a killed run left on its object. `signalled` leaves less time for it. */
export async function restoreAfterKill(
  intent: Unsettled,
  host: ClusterHost,
  signalled: AbortSignal,
): Promise<Restored> {
  const signal = timeLimit(signalled)
  const { api, workloads, close } = openClusters(loadClusters(intent, host), host)
  const blockedBy = blockedByPods({ api, workloads }, intent.version, signal)
  try {
    const restored = await killedWrite(api, intent).restore(blockedBy, signal)
    await noteRestored(api, intent, restored, { ...host, cancelled: signalled })
    return restored
  } finally {
    close()
  }
}

/** A signal can ask for nothing better than what this step does anyway. It only leaves less time. */
function timeLimit(signalled: AbortSignal): AbortSignal {
  const limit = new AbortController()
  const endAfter = (ms: number) =>
    setTimeout(() => limit.abort(new Aborted({ kind: 'time-limit', ms })), ms)
  endAfter(LIMIT_MS)
  signalled.addEventListener('abort', () => endAfter(AFTER_SIGNAL_MS))
  return limit.signal
}

/** The clusters of the killed run. Fails where its API server is not the one that the inputs name now. */
function loadClusters(intent: Intent, host: ClusterHost): LoadedClusters {
  // The other inputs decide nothing here, and need not be loaded.
  const reader = startReading(fromInputs(host.environment))
  const options = readClusters(reader, true)
  const unusable = reader.problems.map((problem) => completed(problem, host.redact))
  if (unusable.length > 0) throw new Error(sentences(unusable))
  const loaded = loadAsBefore(host, options.cluster, intent.context)
  const workloads = loadAsBefore(host, options.gatewayCluster, intent.gatewayContext, 'gateway-')
  if (!loaded.ok) throw new Error(sentences(loaded.problems))
  const config = loaded.value
  if (config.server !== intent.server)
    throw new Error(
      `kubeconfig now names the server ${config.server}, but the run wrote to ${intent.server}.`,
    )
  return { config, workloads: workloads.ok ? workloads.value : config }
}

/**
 * The cluster in the context that the run used: another step may have changed the current context since, or KUBECONFIG.
 * If that context is gone, the current one is used. The server is compared in any case.
 */
export function loadAsBefore(
  host: ClusterHost,
  source: ClusterSource,
  used: string,
  prefix: '' | 'gateway-' = '',
): Result<Cluster> {
  const KUBECONFIG = readKubeconfigList() ?? host.environment.KUBECONFIG
  const then = { ...host, environment: { ...host.environment, KUBECONFIG } }
  const context = source.context ?? (used === '' || used === IN_CLUSTER ? undefined : used)
  const before = loadFrom(then, { ...source, context }, prefix)
  return before.ok || source.context !== undefined ? before : loadFrom(then, source, prefix)
}

function sentences(problems: readonly Problem[]): string {
  return problems.map(({ what }) => what).join('\n')
}

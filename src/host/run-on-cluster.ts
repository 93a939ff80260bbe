import { randomUUID } from 'node:crypto'
import { withPem } from '../evidence/probe/tls/read-pem.ts'
import { startedBy } from '../journal/started-by.ts'
import type { ClusterSource } from '../kube/credentials/cluster-source.ts'
import { manifestFile } from '../manifest/file/manifest-file.ts'
import { completed } from '../options/input-problem.ts'
import type { Mode, Options } from '../options/options.ts'
import type { Problem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import { rollBack } from '../rollout/interrupted/roll-back.ts'
import { showStatus } from '../rollout/interrupted/status.ts'
import type { Context } from '../rollout/model/context.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import { weightsInManifest } from '../rollout/plan/inspect-manifest.ts'
import { rollout } from '../rollout/rollout.ts'
import type { Host } from './host.ts'
import { type LoadedClusters, loadFrom, openClusters } from './open-clusters.ts'
import { type Asked, refused } from './refused.ts'

/** What each mode does on a cluster. */
const RUNS: Readonly<Record<Mode, (context: Context) => Promise<Outcome>>> = {
  shift: rollout,
  verify: rollout,
  plan: rollout,
  rollback: rollBack,
  status: showStatus,
}

/** A run on a cluster. Where inputs are wrong, it ends with all of their problems before the first call. */
export async function runOnCluster(
  host: Host,
  { options, invalid }: Asked,
  { emit, nowMs }: Pick<Context, 'emit' | 'nowMs'>,
): Promise<Outcome> {
  const target = invalid.length > 0 ? success({ options }) : withWeightsOfManifest(options)
  const probe = withPem(options.probe, host.onSecret)
  const loaded = loadClusters(host, { options, invalid })
  if (invalid.length > 0 || !target.ok || !probe.ok || !loaded.ok) {
    // The sentences are completed when the kubeconfigs are read: their secrets are known then.
    const problems = invalid.map((problem) => completed(problem, host.redact))
    const others = [target, probe, loaded].flatMap((each) => (each.ok ? [] : each.problems))
    return refused([...problems, ...others], emit)
  }
  const { api, workloads, close } = openClusters(loaded.value, host, {
    onCall: (call) => emit({ kind: 'api-call', call }),
    onRetry: (retry) => emit({ kind: 'api-retry', retry }),
  })
  const { environment, cancelled, redact, saveIntent } = host
  const run = { ...host.run, owner: randomUUID(), by: startedBy(environment) }
  const world = { api, workloads, emit, nowMs, environment, cancelled, redact, run, saveIntent }
  const task = { ...target.value, options: { ...target.value.options, probe: probe.value } }
  const outcome = await RUNS[options.mode]({ ...world, ...task })
  close()
  return outcome
}

/** For `verify` of the current weights, those of the manifest, where there is one. */
function withWeightsOfManifest(
  options: Options,
): Result<Pick<Context, 'options' | 'manifestRule'>> {
  const { manifest, wanted } = options
  if (manifest === undefined || wanted.kind !== 'current') return success({ options })
  const found = weightsInManifest(options, manifestFile(manifest))
  if (!found.ok) return found
  const { wanted: inFile, rule } = found.value
  return success({ options: { ...options, wanted: inFile }, manifestRule: rule })
}

/**
 * Reads the kubeconfigs even where other inputs are wrong, so that every problem is reported at once. A kubeconfig that
 * was refused already is not read.
 */
function loadClusters(host: Host, { options, invalid }: Asked): Result<LoadedClusters> {
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

import { appendFileSync } from 'node:fs'
import * as core from '@actions/core'
import { byHand, postEnd } from './host/post-end.ts'
import { endWith, leave } from './host/process-end.ts'
import { masker, printer } from './host/runner-log.ts'
import { readKubeconfigList, readUnsettled } from './host/state.ts'
import { type Restored, restore } from './journal/restore/restore.ts'
import { openApiServer } from './kube/api-server.ts'
import type { ClusterSource } from './kube/credentials/cluster-source.ts'
import { IN_CLUSTER } from './kube/credentials/kubeconfig/read-kubeconfig.ts'
import { loadCluster } from './kube/credentials/load-cluster.ts'
import type { PluginEar } from './kube/credentials/plugins/run-plugin.ts'
import { problemText } from './options/problem.ts'
import { readOptions } from './options/read-options.ts'
import { fromInputs } from './options/sources.ts'
import type { LogLine } from './report/log/log-line.ts'
import { type Redactor, startRedacting } from './report/redact/redact.ts'
import { type PostEnd, postLine, postSummary } from './report/summary/post-summary.ts'
import type { Intent } from './rollout/model/context.ts'
import { deadOriginal } from './rollout/rollback/restore-blocked-by.ts'
import { virtualServiceResource } from './routes/istio/read-virtual-service.ts'

const LIMIT_MS = 60_000
/** From a signal on: the runner's next is 7.5 s behind its first. */
const AFTER_SIGNAL_MS = 6000

/** What the runner starts last, whatever became of main: puts back what a killed run left. */
async function post(signalled: AbortController): Promise<void> {
  const intent = readUnsettled()
  if (!intent) return
  const redactor = startRedacting()
  const print = printer(redactor)
  endWith(signalled, (text) => {
    print({ level: 'error', text })
    process.exitCode = 1
  })
  const object = `VirtualService ${intent.namespace}/${intent.name}`
  const conclude = (ended: PostEnd) => {
    const line = postLine(ended)
    print(line)
    if (line.level === 'error') process.exitCode = 1
    const { GITHUB_STEP_SUMMARY: summary } = process.env
    if (!summary) return
    try {
      appendFileSync(summary, redactor.redact(postSummary(ended, redactor.redact)))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      print(warning(`the job summary could not be written: ${why}`))
    }
  }
  print({
    level: 'info',
    text: `the run on ${object} did not end by itself: putting things in order`,
  })
  try {
    const done = await rollBackRun(intent, redactor, timeLimit(signalled.signal))
    conclude(postEnd(intent, done))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const text = `${object} may still have the weights of the killed run: ${why}\n${byHand(intent)}`
    conclude({ end: 'failed', text })
  }
}

/** A signal can ask for nothing better than what post does anyway: it only leaves less time for it. */
function timeLimit(signalled: AbortSignal): AbortSignal {
  const limit = new AbortController()
  setTimeout(() => limit.abort(), LIMIT_MS)
  signalled.addEventListener('abort', () => setTimeout(() => limit.abort(), AFTER_SIGNAL_MS))
  return limit.signal
}

async function rollBackRun(
  intent: Intent,
  redactor: Redactor,
  signal: AbortSignal,
): Promise<Restored> {
  const { options, problems } = readOptions(fromInputs(process.env))
  const unusable = problems.filter(({ input }) => input.endsWith('kubeconfig'))
  if (unusable.length > 0) throw new Error(unusable.map(problemText).join('\n'))
  const onSecret = masker(redactor)
  const hear = (text: string) => printer(redactor)({ level: 'info', text })
  const ear = { hear, onSecret }
  const loaded = loadAsBefore(options.cluster, intent.context, ear)
  const workloadsLoaded = loadAsBefore(options.gatewayCluster, intent.gatewayContext, ear)
  for (const each of [loaded, workloadsLoaded])
    if (each.ok) for (const secret of each.cluster.secrets) onSecret(secret)
  if (!loaded.ok) throw new Error(`the kubeconfig cannot be read any more: ${loaded.wants}`)
  const { cluster } = loaded
  if (cluster.server !== intent.server)
    throw new Error(`kubeconfig now means ${cluster.server}, the run wrote to ${intent.server}`)
  const hooks = {
    onCall: () => undefined,
    onSecret,
    redact: redactor.redact,
    random: Math.random,
    nowMs: () => performance.now(),
  }
  const api = openApiServer(cluster, hooks)
  const workloads = workloadsLoaded?.ok ? openApiServer(workloadsLoaded.cluster, hooks) : api
  try {
    const { memory } = intent
    const lost = memory?.journal === 'lost' ? memory : undefined
    return await restore(
      {
        api,
        resource: virtualServiceResource(intent.version, intent.namespace, intent.name),
        owner: intent.owner,
        uid: intent.uid,
        seen: undefined,
        generation: memory?.generation,
        // Without a journal only what main saw after its last write tells that nobody wrote since.
        known: lost && { ...lost, stored: lost.stored },
        weights: lost?.onFailure === 'keep' ? 'leave' : 'as-journal',
        fence: true,
        blockedBy: deadOriginal(api, workloads, intent.version, signal),
      },
      signal,
    )
  } finally {
    api.close()
    workloads.close()
  }
}

/**
 * The cluster in the context that the run used: another step may have made another one current since, or set KUBECONFIG to
 * another file. Where that context is gone, what is current now is tried; the server is compared in any case.
 */
function loadAsBefore(source: ClusterSource, used: string, ear: PluginEar) {
  const environment = { ...process.env, KUBECONFIG: readKubeconfigList() ?? process.env.KUBECONFIG }
  const context = source.context ?? (used === '' || used === IN_CLUSTER ? undefined : used)
  const before = loadCluster({ ...source, context }, environment, '/', ear)
  return before.ok || source.context !== undefined
    ? before
    : loadCluster(source, environment, '/', ear)
}

function warning(text: string): LogLine {
  return { level: 'warning', text }
}

const signalled = new AbortController()
post(signalled).then(
  () => leave(Number(process.exitCode ?? 0), signalled.signal),
  (error: unknown) => {
    core.setFailed(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return leave(1, signalled.signal)
  },
)

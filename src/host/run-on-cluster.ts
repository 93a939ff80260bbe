import { randomUUID } from 'node:crypto'
import { proberScript } from '../evidence/jobs/prober-script.ts'
import { startedBy } from '../journal/started-by.ts'
import { manifestFile } from '../manifest/file/manifest-file.ts'
import { completed } from '../options/input-problem.ts'
import type { Mode, Options } from '../options/options.ts'
import type { Problem } from '../problem/problem.ts'
import { type Result, success } from '../problem/result.ts'
import { findingLines } from '../report/log/log-line.ts'
import type { Notice } from '../report/notices/notices.ts'
import { rollBack } from '../rollout/interrupted/roll-back.ts'
import { showStatus } from '../rollout/interrupted/status.ts'
import { startOwnJobs } from '../rollout/jobs/own-jobs.ts'
import type { Context } from '../rollout/model/context.ts'
import type { RunEvent } from '../rollout/model/events.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import { weightsInManifest } from '../rollout/plan/inspect-manifest.ts'
import { rollout } from '../rollout/rollout.ts'
import { RESERVE_MS } from '../rollout/time-limits.ts'
import type { Host } from './host.ts'
import { startSendingNotices } from './notices/send-notices.ts'
import { openClusters } from './open-clusters.ts'
import { type Asked, refused } from './refused.ts'
import type { HeldCalls } from './start/held-calls.ts'
import type { Prepared } from './start/prepare.ts'

/** What each mode does on a cluster. */
const RUNS: Readonly<Record<Mode, (context: Context) => Promise<Outcome>>> = {
  shift: rollout,
  verify: rollout,
  plan: rollout,
  rollback: rollBack,
  status: showStatus,
}

/** What a run is reported to. */
export type World = Pick<Context, 'emit' | 'nowMs'> & {
  /** What Kubernetes Events say of an event, once it is reported. */
  noticesOf: (event: RunEvent) => readonly Notice[]
}

/** A run on a cluster. Where inputs are wrong, it ends with all of their problems before the first call. */
export async function runOnCluster(
  host: Host,
  { options, invalid }: Asked,
  prepared: Prepared,
  { emit, nowMs, noticesOf }: World,
): Promise<Outcome> {
  const target = invalid.length > 0 ? success({ options }) : withWeightsOfManifest(options)
  const { probe, loaded, calls } = prepared
  if (invalid.length > 0 || !target.ok || !probe.ok || !loaded.ok) {
    // The sentences are completed when the kubeconfigs are read: their secrets are known then.
    const problems = invalid.map((problem) => completed(problem, host.redact))
    const others = [target, probe, loaded].flatMap((each) => (each.ok ? [] : each.problems))
    return refused([...problems, ...others], emit)
  }
  const { api, workloads, close } =
    prepared.open ?? openClusters(loaded.value, host, { report: calls.hooks })
  const { environment, cancelled, redact, saveIntent } = host
  const { metricPausesMs, countersEveryMs, countersLostMs, startTimer } = host
  const run = { ...host.run, owner: randomUUID(), by: startedBy(environment) }
  const endsMs = nowMs() + options.timeoutMs + RESERVE_MS
  const jobs = startOwnJobs({ workloads, saveJobs: host.saveJobs, endsMs, script: proberScript })
  const opened: (() => void)[] = []
  let isOver = false
  const world = {
    atEnd(end: () => void) {
      if (isOver) end()
      else opened.push(end)
    },
    jobs,
    api,
    workloads,
    nowMs,
    environment,
    cancelled,
    redact,
    run,
    saveIntent,
    metricPausesMs,
    countersEveryMs,
    countersLostMs,
    startTimer,
  }
  const task = { ...target.value, options: { ...target.value.options, probe: probe.value } }
  const noted = withNotices(host, options, { api, emit: callsLater(calls, emit), noticesOf })
  const outcome = await RUNS[options.mode]({ ...world, ...task, emit: noted.emit })
  isOver = true
  await noted.end()
  for (const one of opened) one()
  close()
  return outcome
}

/** Reports events, and creates Kubernetes Events for some of them. */
function withNotices(
  { print, cancelled, redact, run }: Host,
  { object, kubernetesEvents }: Options,
  { api, emit, noticesOf }: Omit<World, 'nowMs'> & Pick<Context, 'api'>,
): { emit: Context['emit']; end: () => Promise<void> } {
  let isOver = false
  const warn = (finding: Problem) => {
    if (!isOver) return emit({ kind: 'finding', finding })
    for (const line of findingLines(finding)) print(line)
  }
  const wanted = kubernetesEvents
  const sender = startSendingNotices({ api, wanted, run: run.id, redact, cancelled, warn })
  return {
    emit(event) {
      emit(event)
      isOver = event.kind === 'finished'
      if (event.kind === 'object-read') {
        const { apiVersion, uid } = event
        sender.about({ ...object, apiVersion, uid })
      }
      try {
        sender.send(noticesOf(event))
      } catch {
        // A fault in what reports a run must not end it.
      }
    },
    end: sender.end,
  }
}

/** Calls are reported from the first event on, which says where they go. */
function callsLater({ passTo }: HeldCalls, emit: Context['emit']): Context['emit'] {
  let isFirst = true
  return (event) => {
    emit(event)
    if (isFirst) passTo(emit)
    isFirst = false
  }
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

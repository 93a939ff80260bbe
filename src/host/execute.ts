import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { startedBy } from '../journal/started-by.ts'
import { type ApiServer, openApiServer } from '../kube/api-server.ts'
import type { ClusterSource } from '../kube/credentials/cluster-source.ts'
import { type Cluster, loadCluster } from '../kube/credentials/load-cluster.ts'
import { manifestFile } from '../manifest/file/manifest-file.ts'
import type { Mode, Options } from '../options/options.ts'
import { type InputProblem, problemsText } from '../options/problem.ts'
import { readOptions } from '../options/read-options.ts'
import type { RawOptions } from '../options/reader.ts'
import { reportOf } from '../report/json/report-json.ts'
import { startLog } from '../report/log/log.ts'
import type { LogLine } from '../report/log/log-line.ts'
import { pageOf } from '../report/page/page.ts'
import { type RunRecord, startRecord } from '../report/record.ts'
import { redactedEvent } from '../report/redact/redacted-event.ts'
import { shownInputs } from '../report/shown-inputs.ts'
import { summaryOf } from '../report/summary/summary.ts'
import { rollBack } from '../rollout/interrupted/roll-back.ts'
import { showStatus } from '../rollout/interrupted/status.ts'
import type { Context } from '../rollout/model/context.ts'
import type { RunEvent } from '../rollout/model/events.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import type { ManifestRule } from '../rollout/plan/await-manifest.ts'
import { editManifest } from '../rollout/plan/edit-manifest.ts'
import { weightsInManifest } from '../rollout/plan/inspect-manifest.ts'
import { rollout } from '../rollout/rollout.ts'
import { makeFolder } from './make-folder.ts'
import { VERSION } from './version.ts'

/** What the action and the command line each do their own way. */
export type Host = {
  raw: RawOptions
  /** Problems found before, with the command line itself. */
  problems: readonly InputProblem[]
  environment: Readonly<Record<string, string | undefined>>
  cancelled: AbortSignal
  run: { id: string; attempt: number }
  /** Lines go to a terminal, where one can be written over. */
  terminal: boolean
  print: (line: LogLine) => void
  onSecret: (secret: string) => void
  redact: (text: string) => string
  saveIntent: Context['saveIntent']
  /** Folder for the report where the input names none. */
  defaultReport: string | undefined
}

export type Executed = { outcome: Outcome; record: RunRecord; reportPath: string | undefined }

/** From the texts of the options to a run that ended and a report that is written. */
export async function execute(host: Host): Promise<Executed> {
  const nowMs = () => performance.now()
  const { options, problems } = readOptions(host.raw)
  const log = startLog(nowMs, host.terminal)
  const { record, take } = startRecord(
    {
      options,
      startedAt: new Date(),
      version: VERSION,
      inputs: shownInputs(host.raw),
      by: startedBy(host.environment),
      attempt: host.run.attempt,
    },
    nowMs,
  )
  let over = false
  const emit = (event: RunEvent) => {
    // What went on side by side with what ended the run is cut off then, and has nothing more to say.
    if (over) return
    over = event.kind === 'finished'
    try {
      take(redactedEvent(event, host.redact))
      for (const line of log(event)) host.print(line)
    } catch (error) {
      sayFault(host, error)
    }
  }
  const found = [...host.problems, ...problems]
  const { manifest } = options
  const ended =
    manifest === undefined || (options.mode !== 'shift' && options.mode !== 'plan')
      ? await onCluster(host, options, found, { emit, nowMs })
      : found.length > 0
        ? refuse(found, host.redact, emit)
        : await editManifest(options, manifestFile(manifest), { emit, cancelled: host.cancelled })
  const { message, remedy } = ended
  const outcome = { ...ended, message: host.redact(message), remedy: host.redact(remedy) }
  const folder = options.report ?? host.defaultReport
  return { outcome, record, reportPath: writeReport(folder, record, outcome, host) }
}

/** What is told of a run must not end it: the old weights would stay away for a line that cannot be written. */
function sayFault({ print }: Host, error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  try {
    print({ level: 'error', text: `a fault of this tool in what it tells: ${what}` })
  } catch {
    // Nothing can be printed, which is what it was about.
  }
}

/** What each mode does on a cluster. */
const RUNS: Readonly<Record<Mode, (context: Context) => Promise<Outcome>>> = {
  shift: rollout,
  verify: rollout,
  plan: rollout,
  rollback: rollBack,
  status: showStatus,
}

/** A run on a cluster, or the outcome that wrong inputs make before any call to it. */
async function onCluster(
  host: Host,
  asked: Options,
  problems: readonly InputProblem[],
  { emit, nowMs }: Pick<Context, 'emit' | 'nowMs'>,
): Promise<Outcome> {
  const { options, problems: wrong, rule } = withWeightsOfManifest(asked, problems)
  const clusters = loadClusters(host, options, wrong)
  if (!clusters.ok) return refuse(clusters.problems, host.redact, emit)
  const open = (cluster: Cluster) =>
    openApiServer(cluster, {
      onCall: (call) => emit({ kind: 'api-call', call }),
      onSecret: host.onSecret,
      redact: host.redact,
      random: Math.random,
      nowMs,
    })
  const api = open(clusters.config)
  const workloads: ApiServer =
    clusters.workloads === clusters.config ? api : open(clusters.workloads)
  const run = { ...host.run, owner: randomUUID(), by: startedBy(host.environment) }
  const { environment, cancelled, redact, saveIntent } = host
  const outcome = await RUNS[options.mode]({
    options,
    api,
    workloads,
    emit,
    nowMs,
    environment,
    cancelled,
    redact,
    run,
    saveIntent,
    ...(rule ? { manifestRule: rule } : {}),
  })
  api.close()
  workloads.close()
  return outcome
}

/** verify of the current weights: of those in the manifest, where there is one. */
function withWeightsOfManifest(
  options: Options,
  problems: readonly InputProblem[],
): { options: Options; problems: readonly InputProblem[]; rule?: ManifestRule } {
  const { manifest, wanted } = options
  if (manifest === undefined || wanted.kind !== 'current' || problems.length > 0)
    return { options, problems }
  const found = weightsInManifest(options, manifestFile(manifest))
  return found.ok
    ? { options: { ...options, wanted: found.wanted }, problems, rule: found.rule }
    : { options, problems: found.problems }
}

type Clusters =
  | { ok: true; config: Cluster; workloads: Cluster }
  | { ok: false; problems: InputProblem[] }

/** Reads the kubeconfigs even where other inputs are wrong, so that everything wrong is said at once. */
function loadClusters(host: Host, options: Options, problems: readonly InputProblem[]): Clusters {
  const all = [...problems]
  const load = (source: ClusterSource, prefix: '' | 'gateway-'): Cluster | undefined => {
    if (problems.some(({ input }) => input === `${prefix}kubeconfig`)) return undefined
    const hear = (text: string) => host.print({ level: 'info', text })
    const ear = { hear, onSecret: host.onSecret }
    const loaded = loadCluster(source, host.environment, '/', ear)
    if (!loaded.ok) {
      all.push({
        input: `${prefix}${loaded.option}`,
        got: loaded.option === 'context' ? source.context : undefined,
        wants: loaded.wants,
      })
      return undefined
    }
    for (const secret of loaded.cluster.secrets) host.onSecret(secret)
    return loaded.cluster
  }
  const config = load(options.cluster, '')
  const same = JSON.stringify(options.cluster) === JSON.stringify(options.gatewayCluster)
  const workloads = same ? config : load(options.gatewayCluster, 'gateway-')
  return config && workloads && all.length === 0
    ? { ok: true, config, workloads }
    : { ok: false, problems: all }
}

/** The end of a run whose inputs are wrong. */
function refuse(
  problems: readonly InputProblem[],
  redact: Host['redact'],
  emit: Context['emit'],
): Outcome {
  const outcome: Outcome = {
    verdict: 'error',
    reason: 'input',
    message: problemsText(problems, redact),
    remedy: '',
    previousWeights: undefined,
    weights: undefined,
    checks: [],
    rolledBack: false,
    untouched: { object: undefined },
  }
  emit({ kind: 'finished', outcome })
  return outcome
}

/** The text of report.json. */
export function reportText(
  record: RunRecord,
  outcome: Outcome,
  redact: (text: string) => string,
): string {
  // Value by value: a secret that is a number must not break the JSON.
  const redacted = (_: string, value: unknown) =>
    typeof value === 'string' ? redact(value) : value
  return `${JSON.stringify(reportOf(record, outcome), redacted, 2)}\n`
}

/** Returns the path of report.json; a folder that cannot be written is a warning, not the run's end. */
function writeReport(
  folder: string | undefined,
  record: RunRecord,
  outcome: Outcome,
  host: Host,
): string | undefined {
  if (folder === undefined) return undefined
  const file = path.resolve(folder, 'report.json')
  try {
    makeFolder(path.resolve(folder))
    writeFileSync(file, reportText(record, outcome, host.redact))
    writeFileSync(path.resolve(folder, 'report.html'), host.redact(pageOf(record, outcome)))
    writeFileSync(path.resolve(folder, 'summary.md'), host.redact(summaryOf(record, outcome)))
    return file
  } catch (error) {
    host.print({
      level: 'warning',
      text: `report: ${folder} cannot be written (${error instanceof Error ? error.message : String(error)})`,
    })
    return undefined
  }
}

import path from 'node:path'
import { secretValues } from '../evidence/probe/http/secret-headers.ts'
import { startedBy } from '../journal/started-by.ts'
import { manifestFile } from '../manifest/file/manifest-file.ts'
import { completed, type InputProblem } from '../options/input-problem.ts'
import { readOptions } from '../options/read-options.ts'
import { openingLines, startLog } from '../report/log/log.ts'
import { type RunRecord, startRecord } from '../report/record.ts'
import { redactedEvent, redactedOutcome } from '../report/redact/redacted-event.ts'
import { shiftCommand } from '../report/shift-command.ts'
import { shownInputs } from '../report/shown-inputs.ts'
import type { Context } from '../rollout/model/context.ts'
import type { RunEvent } from '../rollout/model/events.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import { editManifest } from '../rollout/plan/edit-manifest.ts'
import { debugLines } from './debug-lines.ts'
import type { Host } from './host.ts'
import { type Asked, refused } from './refused.ts'
import { runOnCluster } from './run-on-cluster.ts'
import { VERSION } from './version.ts'
import { type ReportFiles, writeReport } from './write-report.ts'

export type Executed = { outcome: Outcome; record: RunRecord; files: ReportFiles | undefined }

/** From the texts of the options to a run that ended and a report that is written. */
export async function execute(host: Host): Promise<Executed> {
  const nowMs = () => performance.now()
  const { options, problems, isModeKnown } = readOptions(host.raw)
  for (const secret of secretValues(options.probe.headers)) host.onSecret(secret)
  const folder = options.report ?? host.defaultReport
  const { record, take } = startRecord(
    {
      options: isModeKnown ? options : undefined,
      startedAt: new Date(),
      version: VERSION,
      inputs: shownInputs(host.raw),
      shiftCommand: host.isCommandLine ? shiftCommand(host.raw) : undefined,
      by: startedBy(host.environment),
      attempt: host.run.attempt,
      reportFolder: folder === undefined ? undefined : path.resolve(folder),
    },
    nowMs,
  )
  const log = startLog(record, nowMs, host.terminal)
  // With the first event: the kubeconfigs are read then, and their secrets masked.
  let opening = openingLines(record)
  const emit = emitter(host, (event) => {
    take(redactedEvent(event, host.redact))
    for (const line of [...opening, ...log(event), ...debugLines(event)]) host.print(line)
    opening = []
  })
  const ended = await run(
    host,
    { options, invalid: [...host.problems, ...problems.filter(isNew(host.problems))] },
    { emit, nowMs },
  )
  const outcome = redactedOutcome(ended, host.redact)
  const files = writeReport(folder, record, outcome, host)
  if (files) host.print({ level: 'info', text: `Report: ${files.html} and ${files.json}` })
  // The summary must not name a folder that has no report.
  return { outcome, record: files ? record : { ...record, reportFolder: undefined }, files }
}

/** An input that was given in a way that cannot be used is not missing too. */
function isNew(found: readonly InputProblem[]): (problem: InputProblem) => boolean {
  return ({ input, code }) =>
    code !== 'ITS-INPUT-REQUIRED' || found.every((other) => other.input !== input)
}

/** On a manifest or on a cluster. */
async function run(
  host: Host,
  asked: Asked,
  world: Pick<Context, 'emit' | 'nowMs'>,
): Promise<Outcome> {
  const { options, invalid } = asked
  const { manifest, mode } = options
  if (manifest === undefined || (mode !== 'shift' && mode !== 'plan'))
    return runOnCluster(host, asked, world)
  if (invalid.length === 0)
    return editManifest(options, manifestFile(manifest), { ...world, cancelled: host.cancelled })
  const problems = invalid.map((problem) => completed(problem, host.redact))
  return refused(problems, world.emit)
}

/**
 * Passes events on until the run has finished. A fault in what reports them must not end the run: the previous weights
 * would not be restored for a line that cannot be written.
 */
function emitter({ print }: Host, report: (event: RunEvent) => void): (event: RunEvent) => void {
  let isOver = false
  return (event) => {
    // What ran beside the part that ended the run is cut off by then, and has nothing more to report.
    if (isOver) return
    isOver = event.kind === 'finished'
    try {
      report(event)
    } catch (error) {
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
      try {
        print({
          level: 'error',
          text: `This tool failed to report an event. Please file an issue: ${fault}`,
        })
      } catch {
        // Nothing can be printed, not even this.
      }
    }
  }
}

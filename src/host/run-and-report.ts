import path from 'node:path'
import { startedBy } from '../journal/started-by.ts'
import { manifestFile } from '../manifest/file/manifest-file.ts'
import { completed } from '../options/input-problem.ts'
import { junitOf } from '../report/junit/junit.ts'
import { openingLines, startLog } from '../report/log/log.ts'
import { startNotices } from '../report/notices/notices.ts'
import { type RunRecord, startRecord } from '../report/record.ts'
import { redactedEvent, redactedOutcome } from '../report/redact/redacted-event.ts'
import { shiftCommand } from '../report/shift-command.ts'
import { shownInputs } from '../report/shown-inputs.ts'
import type { RunEvent } from '../rollout/model/events.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import { editManifest } from '../rollout/plan/edit-manifest.ts'
import { type WantedComment, wantedComment } from './comment/wanted-comment.ts'
import { debugLines } from './debug-lines.ts'
import type { Host } from './host.ts'
import { type Asked, refused } from './refused.ts'
import { writeJunit } from './results/junit-file.ts'
import { runOnCluster, type World } from './run-on-cluster.ts'
import type { Prepared } from './start/prepare.ts'
import { VERSION } from './version.ts'
import { type ReportFiles, writeReport } from './write-report.ts'

export type Executed = {
  outcome: Outcome
  record: RunRecord
  files: ReportFiles | undefined
  /** undefined: the summary is not to be a comment. */
  comment: WantedComment | undefined
}

/** What a run is asked, and when the program began with it. */
export type Start = Asked & {
  /** Whether the mode of the options is the one that was asked for. */
  isModeKnown: boolean
  /** By the clock of this machine, and by `performance.now()`. */
  begun: { at: Date; ms: number }
}

/** The file that a run edits, or the cluster that it is on. */
type Target = { manifest: string } | Prepared

/** A run and its report. */
export async function runAndReport(host: Host, start: Start, target: Target): Promise<Executed> {
  const nowMs = () => performance.now()
  const { options, begun } = start
  const folder = options.report ?? host.defaultReport
  const { record, take } = startRecord(
    {
      options: start.isModeKnown ? options : undefined,
      startedAt: begun.at,
      version: VERSION,
      inputs: shownInputs(host.raw),
      shiftCommand: host.isCommandLine ? shiftCommand(host.raw) : undefined,
      by: startedBy(host.environment),
      attempt: host.run.attempt,
      reportFolder: folder === undefined ? undefined : path.resolve(folder),
    },
    nowMs,
    begun.ms,
  )
  const log = startLog(record, nowMs, host.terminal)
  // With the first event, which is after all that reading the inputs has printed.
  let opening = openingLines(record)
  const emit = emitter(host, (event) => {
    take(redactedEvent(event, host.redact))
    const details = host.details?.(event) ?? debugLines(event)
    for (const line of [...opening, ...log(event), ...details]) host.print(line)
    opening = []
  })
  const ended = await run(host, start, target, { emit, nowMs, noticesOf: startNotices(record) })
  const outcome = redactedOutcome(ended, host.redact)
  const files = writeReport(folder, record, outcome, host)
  const { junit } = options
  // A file that must not be replaced is a problem with the input.
  const mayWrite = start.invalid.every(({ input }) => input !== 'junit')
  if (junit !== undefined && mayWrite)
    writeJunit(junit, junitOf(record, outcome, host.redact), host.print)
  if (files) host.print({ level: 'info', text: `Report: ${files.html} and ${files.json}` })
  const comment = wantedComment(options, host.raw)
  // The summary must not name a folder that has no report.
  return {
    outcome,
    record: files ? record : { ...record, reportFolder: undefined },
    files,
    comment,
  }
}

/** On a manifest or on a cluster. */
async function run(host: Host, asked: Asked, target: Target, world: World): Promise<Outcome> {
  const { options, invalid } = asked
  if (!('manifest' in target)) return runOnCluster(host, asked, target, world)
  if (invalid.length === 0)
    return editManifest(options, manifestFile(target.manifest), {
      ...world,
      cancelled: host.cancelled,
    })
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

import type { InputProblem } from '../options/input-problem.ts'
import type { RawOptions } from '../options/reader.ts'
import type { LogLine } from '../report/log/log-line.ts'
import type { SavedJobs } from '../rollout/jobs/own-jobs.ts'
import type { Context } from '../rollout/model/context.ts'
import type { RunEvent } from '../rollout/model/events.ts'

/** What the action and the command line each do their own way. */
export type Host = {
  raw: RawOptions
  /** Whether the options are those of a command line, so that a command says how to go on. */
  isCommandLine: boolean
  /** Problems with the command line itself, or with names of inputs. */
  problems: readonly InputProblem[]
  /** Where an option is in an options file; undefined: it is from elsewhere. */
  placeOf?: (input: string) => string | undefined
  /** Lines with details of an event, in place of those for step debug logging. */
  details?: ((event: RunEvent) => LogLine[]) | undefined
  environment: Readonly<Record<string, string | undefined>>
  cancelled: AbortSignal
  run: { id: string; attempt: number }
  /** Lines go to a terminal, where a line can be overwritten. */
  terminal: boolean
  print: (line: LogLine) => void
  onSecret: (secret: string) => void
  redact: (text: string) => string
  saveIntent: Context['saveIntent']
  /** Saves which Jobs the cleanup step is to delete; undefined: there is no such step. */
  saveJobs?: ((jobs: SavedJobs) => void) | undefined
  /** For tests, which do not wait as long for the number of a metric. */
  metricPausesMs?: Context['metricPausesMs']
  countersEveryMs?: Context['countersEveryMs']
  countersLostMs?: Context['countersLostMs']
  startTimer?: Context['startTimer']
  /** Folder for the report if the input names none. */
  defaultReport: string | undefined
}

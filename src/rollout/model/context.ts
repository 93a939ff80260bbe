import type { Intent } from '../../journal/intent.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import type { Options } from '../../options/options.ts'
import type { OwnJobs } from '../jobs/own-jobs.ts'
import type { RunEvent } from './events.ts'
import type { ManifestRule } from './manifest-rule.ts'

/** Everything that a run needs from the outside. Functions take the parts that they use. */
export type Context = Asked & Clusters & Reporting & Surroundings & Recovery & Ending

/** What the run is asked to do. */
type Asked = {
  options: Options
  /** The rule that verify checks; undefined: the inputs name the weights, or those of the object are meant. */
  manifestRule?: ManifestRule
}

/** The API servers of a run. */
export type Clusters = {
  /** Has the route object, Gateways and DestinationRules. */
  api: ApiServer
  /** Has the Services and Pods of the gateway and of the application; often the same cluster. */
  workloads: ApiServer
}

/** How a run says what happens. */
type Reporting = {
  emit: (event: RunEvent) => void
  /** Removes secrets from a text. To be called before a text is cut, since half a secret would not be recognized. */
  redact: (text: string) => string
}

/** Calls back after so many milliseconds. Returns what prevents that. */
export type StartTimer = (ms: number, over: () => void) => () => void

/** The process that a run is in. */
type Surroundings = {
  /** Milliseconds, monotonic. */
  nowMs: () => number
  environment: Readonly<Record<string, string | undefined>>
  /** Between the tries for the number of a metric; undefined: as long as servers need. */
  metricPausesMs?: readonly number[] | undefined
  /** How often counters are read, in milliseconds; undefined: as often as proxies can bear. */
  countersEveryMs?: number | undefined
  /** After so many milliseconds without any counters a check by them ends; undefined: as long as outages may last. */
  countersLostMs?: number | undefined
  /** Starts the clocks of the run's time limits; undefined: timers of the system. A test ends them at moments of its own. */
  startTimer?: StartTimer | undefined
  /** Aborts when a person or the runner cancels. */
  cancelled: AbortSignal
}

/** What a run opens is closed at its end, whatever ends it. */
export type Ending = { atEnd: (close: () => void) => void; jobs: OwnJobs }

/** What lets others recover an interrupted run. */
type Recovery = {
  /** The CI run, which attempt of it this is, and who started it: a link or user@host. */
  run: { id: string; attempt: number; owner: string; by: string }
  /** Saves, before each write, what the cleanup step needs if this process is killed. */
  saveIntent: (intent: Intent) => void
}

import type { MetricResult } from '../../evidence/prometheus/metric.ts'
import type { CountsGap } from '../../evidence/proxies/counters-settings.ts'
import type { JournalView } from '../../journal/journal-view.ts'
import type { ApiCall, ApiRetry } from '../../kube/api-server.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import type { Problem } from '../../problem/problem.ts'
import type { JobProgress } from '../jobs/pods/waiting-text.ts'
import type { Unstamped } from '../rollback/await-unstamped.ts'
import type { Attempt, Check, ProxiesSeen, Watch } from './check.ts'
import type { Cost } from './cost.ts'
import type { Drain } from './drain.ts'
import type { Outcome, Percents } from './outcome.ts'
import type { Recovered } from './recovered.ts'
import type { SampleUnit } from './sample-unit.ts'
import type { Splitter } from './splitter.ts'

/** A route object: its kind, and its place as `demo/web`. */
type NamedObject = { objectKind: string; object: string }

/** What happens in a run, in the order in which it happens. Everything that people read is made from these. */
export type RunEvent =
  | (NamedObject & { kind: 'started'; server: string; context: string; workloadsServer: string })
  | (NamedObject & { kind: 'manifest'; path: string })
  /** The route object was read: as what the API server knows it. */
  | { kind: 'object-read'; apiVersion: string; uid: string }
  | { kind: 'api-call'; call: ApiCall }
  | { kind: 'api-retry'; retry: ApiRetry }
  | { kind: 'planned'; plan: PlannedRun }
  | { kind: 'would-change'; diff: string; cost: Cost; confidencePercent: number }
  | { kind: 'finding'; finding: Problem }
  | { kind: 'endpoint'; endpoint: Endpoint; how: string; addresses: readonly string[] }
  /** Pods of a Job are waited for: each quarter of a second. */
  | { kind: 'job'; progress: JobProgress }
  /** Samples that ended so far. */
  | { kind: 'preflight-progress'; samples: number }
  | {
      kind: 'preflight-replies'
      samples: number
      byDestination: Percents
      /** With stamps, which no reply has before the first write: how many of the samples were a success. */
      successes?: number
      unclassified: number
    }
  | { kind: 'dry-run-accepted' }
  /** The journal that `rollback` or `status` found. */
  | { kind: 'journal'; journal: JournalView }
  /** `keeps`: the `on-failure` of that run is keep. */
  | { kind: 'recovering'; run: string; keeps: boolean }
  | { kind: 'recovered'; recovered: Recovered }
  | { kind: 'written'; weights: Percents; number: number; of: number; tookMs: number }
  /** The wait before the first attempt is over; so many samples were taken in it. */
  | { kind: 'awaited-switch'; samples: number }
  /** The proxies that hold the rule: when they are first read, as they take the new weights, and at the end. */
  | { kind: 'proxies'; check: Check; now: ProxiesSeen }
  /** Counters lack something that proxies may have done. */
  | { kind: 'count-gap'; gap: CountsGap }
  | { kind: 'attempt-started'; check: Check; number: number; place: Attempt['place'] }
  | { kind: 'progress'; check: Check; now: Attempt }
  | { kind: 'attempt-ended'; check: Check; ended: Attempt; again: boolean }
  /** Samples after the decision, for the diagnosis. */
  | { kind: 'sampled-further'; samples: number }
  | { kind: 'check-ended'; check: Check }
  /** The split is confirmed, and limits are not decided yet: each half second, and at the end with `ended`. */
  | { kind: 'settling'; check: Check; now: Watch }
  /** The interval after a step: at its begin, each half second, and at its end with `ended`. `check.health` is of now. */
  | { kind: 'watching'; check: Check; now: Watch }
  /** The queries of `metrics` were answered, or given up: `results` are the last ones of `check.metrics`. */
  | { kind: 'metrics'; check: Check; results: readonly MetricResult[] }
  /** What the proxies have in progress after the last weights were confirmed: each half second, and at the end with `ended`. */
  | { kind: 'draining'; now: Drain }
  /** `isStep`: what is restored is the last confirmed step, and not the weights from before the run. */
  | { kind: 'restoring'; weights: Percents; isStep?: boolean }
  /** The restore, or the removal of the journal, did not succeed at once; it is tried again. */
  | { kind: 'release-trouble'; why: string }
  /** `isChecked`: a check of the restored weights follows. */
  | {
      kind: 'restored'
      weights: Percents
      isStep?: boolean
      sinceFirstWriteMs: number
      isChecked: boolean
    }
  | { kind: 'restore-checked'; check: Check }
  /** After the restore of weights with stamps: whether so many replies in a row had none of this run. */
  | ({ kind: 'restore-unstamped' } & Unstamped)
  | { kind: 'journal-removed' }
  | { kind: 'finished'; outcome: Outcome }

/** What a run is about to do. */
export type PlannedRun = {
  /** The rule as the input `route` names it. */
  rule: string
  /** What samples are called. */
  unit: SampleUnit
  /** What splits them; absent: a gateway. */
  splitter?: Splitter | undefined
  present: Percents
  /** The weights on the object, where a plan starts from those that a shift restores first; absent where it has them. */
  inForce?: Percents | undefined
  weights: Percents
  /** The percents of each write, the last included; one of them without a write where nothing changes. */
  steps: readonly Percents[]
  /** Percents of steps that are left out: in force already, or behind the weight by then. */
  skipped: readonly number[]
  /** The index of the destination that the run is about; undefined where weights are given for more than two. */
  shifted: number | undefined
  /** Nothing has to be written. */
  unchanged: boolean
  /** A destination that the run adds. */
  added: string | undefined
  /** Each write also stamps the replies of every destination. */
  stamps?: boolean
  /** What each write does to traffic that is on its way, as a sentence; absent: nothing. */
  disturbs?: string | undefined
  /** What its health tests take and can show, a sentence or two each. */
  notes?: readonly string[]
  checks: readonly Check[]
}

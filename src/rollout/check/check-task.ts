import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import type { CheckRules } from '../../split/check/check-rules.ts'
import type { Evidence } from '../../split/diagnosis/diagnosis.ts'
import type { JudgeKind } from '../../split/judge/judge.ts'
import type { Check } from '../model/check.ts'
import type { RunEvent } from '../model/events.ts'
import type { CheckProxies } from '../proxies/check-proxies.ts'

/** What it takes to confirm weights, or to refute them. */
export type CheckTask = {
  check: Check
  /** Where samples come from. */
  source: EvidenceSource
  /** Which questions are asked; all where it is undefined. */
  judges?: readonly JudgeKind[]
  /** When the write was answered (milliseconds of `nowMs`); undefined: nothing was written, so there is one attempt. */
  writtenMs: number | undefined
  propagationTimeoutMs: number
  /** 1 - confidence of the run. */
  alpha: number
  /** Number of weights that the run tests, this one included. */
  hypotheses: number
  /** What the object says, where this run wrote nothing. */
  present?: readonly number[] | undefined
  /** Samples from before the write, and the shares by which they were split. */
  before?: Evidence['before']
  /** What the input `connections` says. */
  connections: number | 'auto'
  /** Whether samples may go unanswered only because the gateway still serves the weights from before. */
  mayRecover: boolean
  /** Whether samples show by themselves which ones are of a former configuration. */
  showsPrevious?: boolean
  /** What is asked of the health of destinations; undefined: errors cannot be seen, or do not count. */
  health?: CheckRules['health']
  /** The proxies that hold the rule, which are read first; undefined: none is. */
  proxies?: CheckProxies | undefined
  /** Whether requests may share connections once all proxies are confirmed: Envoy draws for each of them. */
  sharesConnections?: boolean
  /** The input `rate`, which the source keeps to; it is the rate of a watch too. */
  ratePerSecond?: number | undefined
  emit: (event: RunEvent) => void
  nowMs: () => number
  /** Aborts at the run's deadline and on a cancel. */
  signal: AbortSignal
}

type Ruling = Pick<
  CheckTask,
  | 'check'
  | 'alpha'
  | 'hypotheses'
  | 'connections'
  | 'writtenMs'
  | 'propagationTimeoutMs'
  | 'mayRecover'
  | 'showsPrevious'
  | 'health'
  | 'proxies'
>

/** What a check is decided by. */
export function rulesOf(task: Ruling): CheckRules {
  const { check, alpha, hypotheses, writtenMs, propagationTimeoutMs, mayRecover } = task
  const { showsPrevious = false, health } = task
  return {
    target: check.target,
    tolerance: check.tolerance,
    old: check.old,
    alpha,
    hypotheses,
    samples: task.connections,
    plannedLimit: check.limit,
    writtenMs,
    propagationTimeoutMs,
    mayRecover,
    showsPrevious,
    readsProxies: task.proxies !== undefined,
    health,
  }
}

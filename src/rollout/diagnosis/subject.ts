import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import type { OwnReplyCause } from '../../evidence/probe/http/own-reply-cause.ts'
import { existingNames, type WeightEdit } from '../../routes/weights/weight-edit.ts'
import { mostlyOwn } from '../check/observed-replies.ts'
import type { Check, Lost, ProxiesSeen } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import type { SampleUnit } from '../model/sample-unit.ts'
import { outcomesSummary } from '../preflight/outcomes-text.ts'
import { expressions } from '../preflight/probe-hints.ts'
import { type Commands, commandsOf } from './commands.ts'
import { lostIn } from './evidence-of.ts'
import { samplesIn } from './seen-of.ts'

/** What the words about a diagnosis name. */
export type Subject = {
  names: readonly string[]
  /** What samples are called. */
  unit: SampleUnit
  /** What splits them; absent: a gateway. */
  splitter?: Check['splitter']
  /** Whose connections or requests the proxies count; absent: replies show the split. */
  counted?: Check['counted']
  /** Shares that were to be confirmed. */
  target: readonly number[]
  /** Shares before the write, and what they are called; undefined where this run wrote nothing. */
  old: { shares: readonly number[]; name: string } | undefined
  /** Shares that the object had before this run. */
  present: readonly number[]
  /** Those of its destinations that were there before this run. */
  namesBefore: readonly string[]
  /** `± 5` for each destination, in points. */
  tolerancePoints: readonly number[]
  /** How long the gateway has had; undefined where this run wrote nothing. */
  propagationSeconds: number | undefined
  /** Most samples of one attempt, and what `auto` would allow. */
  limit: { most: number; auto: number }
  /** The input `connections`; undefined: auto. */
  connections: number | undefined
  /** Whether the input `rate` limits the samples per second. */
  isRateSet: boolean
  /** How many samples came after the decision, and are in no attempt. */
  further: number
  /** What the unanswered samples met. */
  outcomes: string
  /** How more than half of them ended; undefined where they ended in several ways, or all were answered. */
  mostly: Unclassified | undefined
  /** Why the gateway answered most of them itself; undefined where it did not. */
  ownReply: OwnReplyCause | undefined
  /** Whether most of the unrecognized replies are errors. */
  mostlyErrors: boolean
  /** The input `health-span`. */
  spanMs: number
  /** How long after its check, and in the interval of which step, the watch raised an alarm; undefined: a check failed. */
  alarm: { afterMs: number; step: number } | undefined
  /** The input `probe-timeout`. */
  probeTimeoutMs: number
  /** By destination, an example of its errors. */
  errorExamples: readonly (string | undefined)[]
  /** By destination, why the gateway made most of its errors itself; undefined where it did not. */
  ownErrors: readonly (OwnReplyCause | undefined)[]
  /** Each reply shows which write it belongs to, and which destination the gateway chose. */
  stamped: boolean
  /** The input `expect`. */
  expect: string
  /** What the proxies that hold the rule have of the weights; absent where none is read. */
  proxies?: ProxiesSeen | undefined
  commands: Commands
}

/** @param stepsBefore how many steps this run has confirmed before */
export function subjectOf(
  context: Context,
  check: Check,
  edit: WeightEdit,
  stepsBefore: number,
): Subject {
  const { options } = context
  const last = check.attempts.at(-1)
  const name = stepsBefore === 0 ? 'the previous weights' : `the weights of step ${stepsBefore}`
  return {
    names: check.names,
    unit: check.unit,
    splitter: check.splitter,
    counted: check.counted,
    target: check.target,
    old: check.old && { shares: check.old, name },
    present: edit.presentShares,
    namesBefore: existingNames(edit),
    tolerancePoints: check.tolerance.map((share) => Math.round(share * 1e4) / 100),
    propagationSeconds: check.old && options.propagationTimeoutMs / 1000,
    limit: { most: last?.samples ?? check.limit, auto: check.plan.p999 },
    connections: options.connections === 'auto' ? undefined : options.connections,
    isRateSet: options.ratePerSecond !== undefined,
    further: samplesIn(check.further),
    outcomes: check.diagnosis ? outcomesSummary(lostIn(check, check.diagnosis), check.unit) : '',
    mostly: check.diagnosis && mostlyOf(lostIn(check, check.diagnosis)),
    ownReply: check.diagnosis && mostlyOwn(lostIn(check, check.diagnosis)),
    mostlyErrors: areMostlyErrors(check),
    spanMs: options.healthSpanMs,
    alarm:
      check.watch?.ended === 'alarm'
        ? { afterMs: check.watch.tookMs, step: stepsBefore + 1 }
        : undefined,
    probeTimeoutMs: options.probeTimeoutMs,
    errorExamples: check.errorExamples,
    ownErrors: check.names.map((_, index) => mostlyOwnErrors(check, index)),
    stamped: options.stamp,
    expect: expressions(options.expect),
    proxies: check.proxies,
    commands: commandsOf(context),
  }
}

/** Why the gateway made more than half of a destination's errors itself; undefined where it did not. */
export function mostlyOwnErrors(
  { ownErrors = [], health }: Pick<Check, 'ownErrors' | 'health'>,
  destination: number,
): OwnReplyCause | undefined {
  const own = ownErrors[destination] ?? {}
  const errors = health?.tallies[destination]?.errors ?? 0
  const causes = Object.keys(own) as OwnReplyCause[]
  return causes.find((cause) => (own[cause] ?? 0) * 2 > errors)
}

function areMostlyErrors({ health, diagnosis }: Check): boolean {
  const lost = diagnosis?.seen.unclassified ?? 0
  return lost > 0 && (health?.unattributedErrors ?? 0) * 2 > lost
}

function mostlyOf({ outcomes }: Lost): Unclassified | undefined {
  const all = Object.entries(outcomes) as [Unclassified, number][]
  const lost = all.reduce((sum, [, count]) => sum + count, 0)
  return all.find(([, count]) => count * 2 > lost)?.[0]
}

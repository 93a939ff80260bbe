import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import { istioctl, kubectl } from '../../kube/kubectl.ts'
import { existingNames, type WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { Check, Lost } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import type { SampleUnit } from '../model/sample-unit.ts'
import { outcomesSummary } from '../preflight/outcomes-text.ts'
import { expressions } from '../preflight/probe-hints.ts'
import { lostIn } from './evidence-of.ts'
import { samplesIn } from './seen-of.ts'

/** What the words about a diagnosis name. */
export type Subject = {
  names: readonly string[]
  /** What samples are called. */
  unit: SampleUnit
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
  /** Whether the input `rate` limits the samples per second. */
  isRateSet: boolean
  /** How many samples came after the decision, and are in no attempt. */
  further: number
  /** What the unanswered samples met. */
  outcomes: string
  /** How more than half of them ended; undefined where they ended in several ways, or all were answered. */
  mostly: Unclassified | undefined
  /** The input `probe-timeout`. */
  probeTimeoutMs: number
  /** By destination, an example of its errors. */
  errorExamples: readonly (string | undefined)[]
  /** The input `expect`. */
  expect: string
  commands: Commands
}

/** Commands to paste. */
export type Commands = {
  proxyStatus: string
  virtualServices: string
  destinationRules: string
  affinities: string
  pods: string
  images: string
  gateways: string
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
    target: check.target,
    old: check.old && { shares: check.old, name },
    present: edit.presentShares,
    namesBefore: existingNames(edit),
    tolerancePoints: check.tolerance.map((share) => Math.round(share * 1e4) / 100),
    propagationSeconds: check.old && options.propagationTimeoutMs / 1000,
    limit: { most: last?.samples ?? check.limit, auto: check.plan.p999 },
    isRateSet: options.ratePerSecond !== undefined,
    further: samplesIn(check.further),
    outcomes: check.diagnosis ? outcomesSummary(lostIn(check, check.diagnosis), check.unit) : '',
    mostly: check.diagnosis && mostlyOf(lostIn(check, check.diagnosis)),
    probeTimeoutMs: options.probeTimeoutMs,
    errorExamples: check.errorExamples,
    expect: expressions(options.expect),
    commands: commandsOf(context),
  }
}

function mostlyOf({ outcomes }: Lost): Unclassified | undefined {
  const all = Object.entries(outcomes) as [Unclassified, number][]
  const lost = all.reduce((sum, [, count]) => sum + count, 0)
  return all.find(([, count]) => count * 2 > lost)?.[0]
}

/** The commands of a run's cluster and namespace. */
export function commandsOf({ api, workloads, options }: Context): Commands {
  const columns =
    'NAMESPACE:.metadata.namespace,NAME:.metadata.name,TYPE:.spec.type,AFFINITY:.spec.sessionAffinity'
  return {
    proxyStatus: `${istioctl(workloads)} proxy-status`,
    virtualServices: `${kubectl(api)} get virtualservices.networking.istio.io --all-namespaces`,
    destinationRules: `${kubectl(api, options.namespace)} get destinationrules.networking.istio.io --output yaml`,
    affinities: `${kubectl(workloads)} get services --all-namespaces --output custom-columns=${columns}`,
    pods: `${kubectl(workloads, options.namespace)} get pods --output wide`,
    gateways: `${kubectl(api)} get gateways.networking.istio.io --all-namespaces`,
    images: `${kubectl(workloads, options.namespace)} get pods --output custom-columns='NAME:.metadata.name,LABELS:.metadata.labels,IMAGES:.spec.containers[*].image'`,
  }
}

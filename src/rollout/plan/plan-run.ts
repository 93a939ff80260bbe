import { attributesCut, defaultErrors } from '../../evidence/probe/default-errors.ts'
import type { Options } from '../../options/options.ts'
import { destinationIndex } from '../../routes/destination-names.ts'
import { kindNamed } from '../../routes/kinds.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Wanted } from '../../routes/wanted.ts'
import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import { asShares, giveShares, type Weights } from '../../routes/weights/weights.ts'
import type { PlannedRun } from '../model/events.ts'
import { percentsOf } from '../model/percents.ts'
import { unitOf } from '../model/sample-unit.ts'
import { splitterOf } from '../model/splitter.ts'
import { questionsOf } from './check-health.ts'
import { growingIn } from './growing.ts'
import { healthNotes } from './health-notes.ts'
import { limitCost } from './limit-cost.ts'
import { planChecks } from './plan-checks.ts'
import { stepWeights } from './steps.ts'

/** What a run is to do with a rule, in numbers and in the words of its events. */
type RunPlan = {
  /** The weights of each write, the last included; of one check without a write if nothing is to be written. */
  targets: readonly Weights[]
  writes: boolean
  planned: PlannedRun
}

/** The steps of an edit and what the check of each takes. Nothing is written if nothing would change, nor by verify. */
export function planRun(rule: Rule, edit: WeightEdit, options: Options): RunPlan {
  const unchanged = giveShares(edit.target, edit.presentShares)
  // Replies are stamped by a write, so that there is one even where the weights stay.
  const writes = options.mode !== 'verify' && (!unchanged || options.stamp)
  const { targets, skipped } = stepWeights(rule, edit, options.wanted, options.steps)
  const named = (step: Weights) => percentsOf(edit.names, asShares(step))
  // Proxies count what the rule splits, whatever a probe sees of it.
  const unit = unitOf(rule, options.evidence === 'counters' ? undefined : options.probe.kind)
  const splitter = splitterOf(rule)
  const ofMesh = splitter === 'mesh' ? { splitter } : {}
  const seesErrors = showsErrors(rule, options)
  const growth = { edit, wanted: options.wanted, writes }
  const questions = questionsOf(options, seesErrors)
  const checks = planChecks(
    {
      ...edit,
      unit,
      ...ofMesh,
      counted: options.evidence === 'counters' ? options.traffic : undefined,
      targets,
      writes,
      testsHealth: questions.length > 0,
      intervalMs: options.stepIntervalMs,
      limitsOf: (check) =>
        limitCost(options, check, { questions, growing: growingIn(growth, check) }),
      showsPrevious: options.stamp,
    },
    options,
  )
  const planned: PlannedRun = {
    rule: rule.name,
    unit,
    ...ofMesh,
    present: percentsOf(edit.names, edit.presentShares),
    weights: named(edit.target),
    steps: targets.map(named),
    skipped,
    unchanged: !writes,
    ...(options.stamp && writes && { stamps: true }),
    added: edit.added === undefined ? undefined : edit.names.at(-1),
    shifted: shiftedIndex(edit, options.wanted),
    disturbs: kindNamed(options.object.kind).disturbs(rule),
    ...(options.mode === 'plan' && {
      notes: healthNotes(options, { checks, growth, seesErrors }),
    }),
    checks,
  }
  return { targets, writes, planned }
}

/** Whether samples of a rule show errors: by their status, by how their connections end, or by what proxies count. */
function showsErrors({ protocol }: Rule, { probe, stamp, evidence }: Options): boolean {
  if (evidence === 'counters') return true
  const kind = probe.kind ?? (protocol === 'tls' ? 'tcp' : protocol)
  return defaultErrors(kind, { stamp }) !== undefined || attributesCut(kind, probe)
}

/**
 * The index of the destination that a run is about: the one that `weight` is for, and of two destinations the one whose
 * share grows, or the last. undefined where weights are given for more than two.
 */
function shiftedIndex(
  { destinations, names, presentShares, target }: WeightEdit,
  wanted: Wanted,
): number | undefined {
  if (wanted.kind === 'weight')
    return destinationIndex(destinations, wanted.subset) ?? names.length - 1
  if (names.length !== 2) return undefined
  return (asShares(target)[0] ?? 0) > (presentShares[0] ?? 0) + 1e-9 ? 0 : 1
}

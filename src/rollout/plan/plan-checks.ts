import type { Options } from '../../options/options.ts'
import { asShares, type Weights } from '../../routes/weights/weights.ts'
import { spentShare } from '../../split/judge/error-spending.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import { defaultTolerance } from '../../split/plan/default-tolerance.ts'
import { knownPlan } from '../../split/plan/known-plan.ts'
import type { Check } from '../model/check.ts'
import type { SampleUnit } from '../model/sample-unit.ts'

/** The weights of a run: the shares in force, and the weights to confirm one after the other. */
export type Course = {
  names: readonly string[]
  unit: SampleUnit
  /** Whose connections or requests the proxies count; absent: replies show the split. */
  counted?: Check['counted']
  splitter?: Check['splitter']
  presentShares: readonly number[]
  targets: readonly Weights[]
  /** Without a write there is one check, and no weights from before it. */
  writes: boolean
  /** Whether errors are tested beside the split. */
  testsHealth?: boolean
  /** What the limits of a check take; absent: there are none. */
  limitsOf?: (check: Pick<Check, 'target' | 'old'>) => Check['limits']
  /** How long all weights but the last are watched. */
  intervalMs?: number
  /** Whether samples show by themselves which ones are of a former configuration. */
  showsPrevious?: boolean
}

/** The checks of a run, each with what it takes. */
export function planChecks(
  {
    names,
    unit,
    counted,
    splitter,
    presentShares,
    targets,
    writes,
    testsHealth = false,
    limitsOf,
    intervalMs = 0,
    showsPrevious = false,
  }: Course,
  options: Pick<Options, 'confidencePercent' | 'tolerancePoints' | 'connections'>,
): Check[] {
  const alpha = errorChance(options)
  let before = presentShares
  return targets.map((target, index) => {
    const shares = asShares(target)
    const old = writes ? before : undefined
    const limits = limitsOf?.({ target: shares, old })
    before = shares
    const given = options.tolerancePoints
    const tolerance =
      given === undefined ? defaultTolerance(shares, old) : shares.map(() => given / 100)
    const plan = knownPlan({
      target: shares,
      tolerance,
      ...(old === undefined ? {} : { old }),
      guardCrossing: old !== undefined && !showsPrevious,
      alpha,
      beta: alpha * spentShare(1, old === undefined ? 'only' : 'early'),
      hypotheses: targets.length,
      testsHealth,
      isWatched: limits !== undefined || (intervalMs > 0 && index < targets.length - 1),
    })
    const limit = options.connections === 'auto' ? plan.p999 : options.connections
    return {
      names,
      unit,
      ...(counted && { counted }),
      ...(splitter && { splitter }),
      target: shares,
      old,
      tolerance,
      plan,
      limits,
      limit,
      attempts: [],
      attemptsLeftOut: 0,
      beforeAttempts: names.map(() => 0),
      errorExamples: names.map(() => undefined),
      leftOut: noneAnswered(names),
      further: noneAnswered(names),
      propagationMs: undefined,
      ended: undefined,
      diagnosis: undefined,
    }
  })
}

/** 1 - confidence, as a share. */
export function errorChance(options: Pick<Options, 'confidencePercent'>): number {
  return (100 - options.confidencePercent) / 100
}

function noneAnswered(names: readonly string[]): ReplyCounts {
  return { counts: names.map(() => 0), unclassified: 0 }
}

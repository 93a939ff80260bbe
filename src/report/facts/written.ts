import type { Code } from '../../problem/codes.ts'
import type { Outcome, Percents } from '../../rollout/model/outcome.ts'
import type { RunRecord } from '../record.ts'

/** Whether the run left the object, or the file, as it was: no write was sent. */
export function nothingWritten(
  { options, manifest, ramp }: Pick<RunRecord, 'options' | 'manifest' | 'ramp'>,
  { untouched, verdict, reason, wrote }: Outcome,
): boolean {
  if (untouched !== undefined) return true
  if (options?.mode === 'plan' || options?.mode === 'verify' || options?.mode === 'status')
    return true
  if (manifest !== undefined) return reason !== 'edited'
  if (reason === 'nothing-to-restore') return true
  return verdict === 'pass' && wrote !== true && !ramp.some(({ kind }) => kind === 'write')
}

/** What is known at the end of the run about the weights that it wrote last. Milliseconds since the run began. */
export type OwnWeights = { sinceMs: number; weights: Percents } & (
  | { now: 'restored'; firstMs: number; toMs: number | undefined }
  | { now: 'in-force' }
  /** Other weights were seen on the object; when they came is known no closer. */
  | { now: 'replaced'; byMs: number }
  | { now: 'unknown' }
)

type Ended = Pick<
  Outcome,
  'rolledBack' | 'weights' | 'reason' | 'previousWeights' | 'code' | 'lastStep'
>

/** Whether the rollback restored the step that was in force: the run had written nothing since. */
export function hasStayed(
  { ramp }: Pick<RunRecord, 'ramp'>,
  { rolledBack, lastStep }: Pick<Outcome, 'rolledBack' | 'lastStep'>,
): boolean {
  const writes = ramp.filter(({ kind }) => kind === 'write')
  return rolledBack && lastStep !== undefined && writes.length === lastStep.number
}

/** undefined where this run wrote nothing. */
export function ownWeights(
  { ramp, tookMs }: Pick<RunRecord, 'ramp' | 'tookMs'>,
  outcome: Ended,
): OwnWeights | undefined {
  const { weights, reason, previousWeights, lastStep } = outcome
  const writes = ramp.filter(({ kind }) => kind === 'write')
  const first = writes[lastStep?.number ?? 0] ?? writes[0]
  const last = writes.at(-1)
  if (first === undefined || last?.weights === undefined) return undefined
  const own = { sinceMs: last.endMs, weights: last.weights }
  const isBack =
    isOnlyUnreleased(outcome) &&
    weights !== undefined &&
    isSame(weights, lastStep?.weights ?? previousWeights ?? {}) &&
    !isSame(last.weights, weights)
  if ((outcome.rolledBack && !hasStayed({ ramp }, outcome)) || isBack) {
    const restored = ramp.find(({ kind }) => kind === 'restore-check')
    return { ...own, now: 'restored', firstMs: first.endMs, toMs: restored?.startMs }
  }
  if (weights === undefined) return { ...own, now: 'unknown' }
  if (!isSame(last.weights, weights)) {
    const restore = ramp.findLast(({ kind }) => kind === 'restore')
    return { ...own, now: 'replaced', byMs: restore?.endMs ?? tookMs }
  }
  // Another client may have changed them and changed them back.
  return { ...own, now: reason === 'changed-by-other' ? 'unknown' : 'in-force' }
}

/** The same, where they are others than those from before the run. A write that only adds stamps changes no share. */
export function changedWeights(
  record: Pick<RunRecord, 'ramp' | 'tookMs'>,
  outcome: Parameters<typeof ownWeights>[1],
): OwnWeights | undefined {
  const own = ownWeights(record, outcome)
  const isBefore = own !== undefined && isSame(own.weights, outcome.previousWeights ?? {})
  return isBefore && own.now !== 'replaced' ? undefined : own
}

/** Whether nothing of the run is left on the object but its journal, or its stamps. */
export function isOnlyUnreleased({ code }: Pick<Outcome, 'code'>): boolean {
  return code !== undefined && UNRELEASED.includes(code)
}

const UNRELEASED: readonly Code[] = [
  'ITS-STAMPS-KEPT-BY-WEBHOOK',
  'ITS-JOURNAL-KEPT-BY-WEBHOOK',
  'ITS-JOURNAL-NOT-REMOVED',
]

/** Whether both have the same percents, to the two decimals that are shown. */
export function isSame(some: Percents, others: Percents): boolean {
  return Object.entries(some).every(
    ([name, value]) => Math.abs(value - (others[name] ?? 0)) < 0.005,
  )
}

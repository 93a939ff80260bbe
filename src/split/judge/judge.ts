import type { Detail, Sample } from '../sample.ts'
import type { JudgeRules } from './judge-rules.ts'

/** How a judge has decided: `pass`, or why it does not. `dependent`: the samples are not independent, so nothing is decided. */
export type Decision = 'pass' | 'off-target' | 'no-reply' | 'dependent'

/** One sequential question about the samples of an attempt. Pure: it depends on nothing but its samples, in their order. */
export type Judge = {
  /** Takes the next sample. Returns the decision once there is one; later samples do not change it. */
  observe(sample: Sample): Decision | undefined
  state(): JudgeState
}

export type JudgeState = {
  decision: Decision | undefined
  /** 0 to 1: how far the evidence has come to the nearest decision; 1 when decided. */
  closeness: number
  /**
   * Why a pass is held back; undefined where nothing holds it back. `batches`: the shares are confirmed, and there are too few
   * batches of counts to show whether samples are independent.
   */
  heldBackBy: 'dependence' | 'batches' | undefined
}

/** A kind of judge. The registry is judges.ts. */
export type JudgeKind = {
  /** In words that a report can show. */
  question: string
  /** What samples must show for it. */
  needs: ReadonlySet<Detail>
  start(rules: JudgeRules): Judge
}

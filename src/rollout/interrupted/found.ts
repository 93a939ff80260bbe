import type { Outcome } from '../model/outcome.ts'

/** The outcome of a run that opens no connection, without what all such outcomes have in common. */
export type Found = Pick<
  Outcome,
  'verdict' | 'reason' | 'code' | 'message' | 'remedy' | 'problems'
> &
  Partial<Pick<Outcome, 'previousWeights' | 'weights' | 'rolledBack'>>

/** How a run ended, in one word. Source: the contract's table of verdicts. */
export type Verdict =
  | 'pass'
  | 'planned'
  | 'restored'
  | 'idle'
  | 'in-progress'
  | 'fail'
  | 'inconclusive'
  | 'error'

/** Why it ended so. Source: the contract's table of verdicts. */
export type Reason =
  | 'within-tolerance'
  | 'unchanged'
  | 'planned'
  | 'edited'
  | 'restored'
  | 'nothing-to-restore'
  | 'no-journal'
  | 'journal'
  | 'off-target'
  | 'not-propagated'
  | 'no-reply'
  | 'limit-reached'
  | 'dependent'
  | 'input'
  | 'preflight'
  | 'access'
  | 'cluster'
  | 'locked'
  | 'changed-by-other'
  | 'rollback-failed'
  | 'cancelled'

/** The verdict of a run that ends for a problem with this reason. */
export function verdictOf(reason: Reason): Verdict {
  switch (reason) {
    case 'off-target':
    case 'not-propagated':
    case 'no-reply':
      return 'fail'
    case 'limit-reached':
    case 'dependent':
      return 'inconclusive'
    default:
      return 'error'
  }
}

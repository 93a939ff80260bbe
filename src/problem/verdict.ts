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
  | 'unhealthy'
  | 'limit-reached'
  | 'dependent'
  | 'health-undecided'
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
    case 'unhealthy':
      return 'fail'
    case 'limit-reached':
    case 'dependent':
    case 'health-undecided':
      return 'inconclusive'
    default:
      return 'error'
  }
}

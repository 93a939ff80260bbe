import { isToStep } from '../../journal/journal-view.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import type { RunRecord } from '../record.ts'

export const UNUSABLE_JOURNAL = 'its journal cannot be used'

/** What kept a run from its end, for a headline. */
export function errorText(record: RunRecord, outcome: Outcome): string {
  const known = ERRORS_BY_CODE[outcome.code ?? '']
  if (known !== undefined) return known
  return outcome.reason === 'rollback-failed' && restoresStep(record, outcome)
    ? 'the last confirmed step could not be restored'
    : (ERRORS[outcome.reason] ?? 'the run failed')
}

/** Whether a rollback restores a confirmed step: of this run, or of the one whose journal was found. */
export function restoresStep({ journal }: RunRecord, { lastStep }: Outcome): boolean {
  return journal ? isToStep(journal) : lastStep !== undefined
}

/** Where the reason alone would say something that is not so. */
const ERRORS_BY_CODE: Readonly<Partial<Record<string, string>>> = {
  'ITS-JOURNAL-UNREADABLE': UNUSABLE_JOURNAL,
  'ITS-JOURNAL-NEWER': UNUSABLE_JOURNAL,
  'ITS-JOURNAL-OF-ANOTHER-KIND': UNUSABLE_JOURNAL,
  'ITS-JOURNAL-OF-ANOTHER-OBJECT': UNUSABLE_JOURNAL,
  'ITS-INTERRUPTED-RUN': 'a run was interrupted',
  'ITS-OBJECT-DELETED': 'the object was deleted during the run',
  'ITS-OBJECT-RECREATED': 'the object was deleted and recreated during the run',
  'ITS-OBJECT-BEING-DELETED': 'the object is being deleted',
  'ITS-OBJECT-TERMINATING': 'the object is being deleted',
  'ITS-OTHER-RULE-HIT': 'what the run sends no longer hits its rule',
  'ITS-WEBHOOK-CHANGED-WRITE': 'an admission webhook changed the rule during the run',
  'ITS-STAMPS-KEPT-BY-WEBHOOK': 'the stamps of the run could not be removed',
  'ITS-JOURNAL-KEPT-BY-WEBHOOK': 'the journal of the run could not be removed',
  'ITS-JOURNAL-NOT-REMOVED': 'the journal of the run could not be removed',
  'ITS-WRITE-MAY-FOLLOW': 'a write of the run may still be stored',
}

const ERRORS: Readonly<Partial<Record<Outcome['reason'], string>>> = {
  input: 'the inputs are not valid',
  preflight: 'a preflight check failed',
  access: 'access was denied',
  cluster: 'a call to the cluster failed',
  locked: 'another run is in progress',
  'changed-by-other': 'another client changed the object during the run',
  'rollback-failed': 'the previous weights could not be restored',
  cancelled: 'the run was cancelled',
}

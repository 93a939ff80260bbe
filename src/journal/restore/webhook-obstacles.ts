import { STAMP_HEADER } from '../../routes/weights/stamps.ts'
import { JOURNAL } from '../journal.ts'
import type { Obstacle } from './restored.ts'

/** The restore was stored with other weights. */
export const CHANGED_BY_WEBHOOK: Obstacle = {
  code: 'ITS-ROLLBACK-CHANGED-BY-WEBHOOK',
  what: 'An admission webhook changed them in the write that restores them.',
}

/** The journal is removed, and stamps of the run are still there. */
export const STAMPS_KEPT_BY_WEBHOOK: Obstacle = {
  code: 'ITS-STAMPS-KEPT-BY-WEBHOOK',
  what: `An admission webhook keeps the response header ${STAMP_HEADER} on the destinations of the rule.`,
}

/** The weights are restored, and the journal is there again. */
export const JOURNAL_KEPT_BY_WEBHOOK: Obstacle = {
  code: 'ITS-JOURNAL-KEPT-BY-WEBHOOK',
  what: `An admission webhook keeps the annotation ${JOURNAL} on the object.`,
}

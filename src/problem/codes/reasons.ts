import type { CodeTable } from './code-table.ts'

/** One code for each reason, for what has no code of its own. */
export const REASON_CODES = {
  'ITS-INPUT': 'input',
  'ITS-LOCKED': 'locked',
  'ITS-CHANGED-BY-OTHER': 'changed-by-other',
  'ITS-ROLLBACK-FAILED': 'rollback-failed',
  'ITS-CANCELLED': 'cancelled',
  'ITS-LIMIT-REACHED': 'limit-reached',
  'ITS-INTERNAL': 'cluster',
} as const satisfies CodeTable

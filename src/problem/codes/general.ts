import type { CodeTable } from './code-table.ts'

/** Problems that any part of a run can have. */
export const GENERAL_CODES = {
  'ITS-LOCKED': 'locked',
  'ITS-CHANGED-BY-OTHER': 'changed-by-other',
  'ITS-ROLLBACK-FAILED': 'rollback-failed',
  'ITS-CANCELLED': 'cancelled',
  'ITS-INTERNAL': 'cluster',
} as const satisfies CodeTable

import type { CodeTable } from './code-table.ts'

/** Problems with what a run says of itself elsewhere. They are warnings, and never change a verdict. */
export const OUTPUT_CODES = {
  'ITS-EVENT-NOT-CREATED': 'cluster',
  'ITS-COMMENT-NO-PULL-REQUEST': 'cluster',
  'ITS-COMMENT-NOT-WRITTEN': 'cluster',
} as const satisfies CodeTable

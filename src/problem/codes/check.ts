import type { CodeTable } from './code-table.ts'

export const CHECK_CODES = {
  'ITS-OFF-TARGET': 'off-target',
  'ITS-NO-REPLY': 'no-reply',
  'ITS-DEPENDENT': 'dependent',
} as const satisfies CodeTable

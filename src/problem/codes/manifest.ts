import type { CodeTable } from './code-table.ts'

export const MANIFEST_CODES = {
  'ITS-MANIFEST-UNREADABLE': 'input',
  'ITS-MANIFEST-NOT-EDITABLE': 'input',
  'ITS-MANIFEST-NOT-WRITTEN': 'input',
  'ITS-MANIFEST-ATTRIBUTES-LOST': 'preflight',
  'ITS-NEW-DESTINATION-NOT-CHECKED': 'preflight',
} as const satisfies CodeTable

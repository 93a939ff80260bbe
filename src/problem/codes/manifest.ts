import type { CodeTable } from './code-table.ts'

export const MANIFEST_CODES = {
  'ITS-MANIFEST-UNREADABLE': 'input',
  'ITS-MANIFEST-INVALID': 'input',
  'ITS-MANIFEST-OBJECT-NOT-FOUND': 'input',
  'ITS-MANIFEST-OBJECT-TWICE': 'input',
  'ITS-MANIFEST-NAME-UNQUOTED': 'input',
  'ITS-MANIFEST-TEMPLATE': 'input',
  'ITS-MANIFEST-DUPLICATE-KEY': 'input',
  'ITS-MANIFEST-WEIGHT-INVALID': 'input',
  'ITS-MANIFEST-SHARED-NODE': 'input',
  'ITS-MANIFEST-LAYOUT': 'input',
  'ITS-MANIFEST-PATCH-UNCLEAR': 'input',
  'ITS-MANIFEST-PATCH-LACKS-WEIGHT': 'input',
  'ITS-MANIFEST-DESTINATION-UNCLEAR': 'input',
  'ITS-MANIFEST-LINE-END': 'input',
  'ITS-MANIFEST-LOCKED': 'limit-reached',
  'ITS-MANIFEST-NOT-WRITTEN': 'input',
  'ITS-NEW-DESTINATION-NOT-CHECKED': 'preflight',
  'ITS-MANIFEST-ATTRIBUTES-LOST': 'preflight',
} as const satisfies CodeTable

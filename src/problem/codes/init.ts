import type { CodeTable } from './code-table.ts'

export const INIT_CODES = {
  'ITS-INIT-NO-OBJECT': 'preflight',
  'ITS-INIT-NO-VERSION': 'preflight',
  'ITS-INIT-NO-REPLY': 'preflight',
  'ITS-INIT-NOT-RECOGNIZED': 'preflight',
  'ITS-INIT-FILE': 'input',
} as const satisfies CodeTable

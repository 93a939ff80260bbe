import type { CodeTable } from './code-table.ts'

export const KUBE_CODES = {
  'ITS-ADMISSION-DENIED': 'cluster',
  'ITS-API-CERTIFICATE': 'cluster',
  'ITS-API-CLIENT-LIMIT': 'cluster',
  'ITS-API-PROXY': 'cluster',
  'ITS-API-REJECTED': 'cluster',
  'ITS-API-TIMEOUT': 'cluster',
  'ITS-API-UNAVAILABLE': 'cluster',
  'ITS-API-UNEXPECTED-ANSWER': 'cluster',
  'ITS-API-UNREACHABLE': 'cluster',
  'ITS-CREDENTIALS': 'cluster',
  'ITS-FIELD-OWNERSHIP': 'preflight',
  'ITS-FORBIDDEN': 'access',
  'ITS-NO-CREDENTIALS': 'access',
  'ITS-UNAUTHORIZED': 'access',
} as const satisfies CodeTable

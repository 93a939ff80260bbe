import type { CodeTable } from './code-table.ts'

/** Problems of the Jobs that probe with `connect: job`. */
export const JOBS_CODES = {
  'ITS-JOB-PLAN-TOO-LONG': 'preflight',
  'ITS-JOB-REFUSED': 'preflight',
  'ITS-JOB-PODS-REFUSED': 'preflight',
  'ITS-JOB-IMAGE-NOT-PULLED': 'preflight',
  'ITS-JOB-NOT-SCHEDULED': 'preflight',
  'ITS-JOB-NOT-STARTED': 'preflight',
  'ITS-JOB-HOST-NETWORK': 'preflight',
  'ITS-JOB-SIDECAR-NOT-READY': 'preflight',
  'ITS-JOB-PODS-LATE': 'preflight',
  'ITS-JOB-PODS-SELECTED': 'preflight',
  'ITS-JOB-POD-ENDED': 'preflight',
  'ITS-JOB-LOG-LOST': 'preflight',
  'ITS-JOB-POD-LOST': 'cluster',
  'ITS-JOB-BROKEN': 'cluster',
  'ITS-JOB-NOT-DELETED': 'cluster',
} as const satisfies CodeTable

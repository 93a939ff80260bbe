import type { CodeTable } from './code-table.ts'

export const GATEWAYS_CODES = {
  'ITS-ENDPOINTS-NOT-CHECKED': 'preflight',
  'ITS-GATEWAY-NOT-FOUND': 'preflight',
  'ITS-GATEWAY-NOT-READ': 'preflight',
  'ITS-GATEWAY-SERVICE-NOT-FOUND': 'preflight',
  'ITS-HOST-NOT-CHECKED': 'preflight',
  'ITS-NO-EXTERNAL-ADDRESS': 'preflight',
  'ITS-NO-GATEWAY': 'preflight',
  'ITS-NO-MATCHING-SERVER': 'preflight',
  'ITS-NO-READY-ENDPOINTS': 'preflight',
  'ITS-NO-SERVICE-PORT': 'preflight',
  'ITS-NOT-EXPORTED': 'preflight',
  'ITS-OTHER-GATEWAY-NOT-CHECKED': 'preflight',
  'ITS-OTHER-HOST-NOT-CHECKED': 'preflight',
  'ITS-OTHER-PORT-NOT-CHECKED': 'preflight',
  'ITS-PORT-MAY-BE-TAKEN': 'preflight',
  'ITS-PORT-TAKEN': 'preflight',
  'ITS-SERVER-NOT-SERVED': 'preflight',
  'ITS-SERVICE-NOT-EXPORTED': 'preflight',
  'ITS-SHADOWING-NOT-CHECKED': 'preflight',
} as const satisfies CodeTable

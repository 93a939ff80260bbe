import type { CodeTable } from './code-table.ts'

export const CHECK_CODES = {
  'ITS-OFF-TARGET': 'off-target',
  'ITS-PARTLY-PROPAGATED': 'off-target',
  'ITS-REPLIES-SWAPPED': 'off-target',
  'ITS-SAME-REPLY': 'off-target',
  'ITS-WEIGHTS-OF-OBJECT': 'off-target',
  'ITS-NOT-PROPAGATED': 'not-propagated',
  'ITS-ROUTE-REJECTED': 'not-propagated',
  'ITS-NO-REPLY': 'no-reply',
  'ITS-GATEWAY-REFUSES': 'no-reply',
  'ITS-UNRECOGNIZED-REPLIES': 'no-reply',
  'ITS-MORE-ERRORS': 'unhealthy',
  'ITS-NO-SUCCESS': 'unhealthy',
  'ITS-TOO-FEW-SUCCESSES': 'health-undecided',
  'ITS-DEPENDENT': 'dependent',
  'ITS-ONE-DESTINATION': 'dependent',
  'ITS-CONNECTIONS-USED-UP': 'limit-reached',
  'ITS-TIME-UP': 'limit-reached',
  'ITS-RUNNER-LIMIT': 'limit-reached',
} as const satisfies CodeTable

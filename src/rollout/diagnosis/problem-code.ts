import type { Code } from '../../problem/codes.ts'
import type { CheckEnd } from '../../split/check/check-end.ts'
import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'

/** The code of a check that did not pass: the reason decides, and the cause narrows it. */
export function codeOf(
  reason: Exclude<CheckEnd, 'pass'>,
  { cause, ended }: Pick<Diagnosis, 'cause' | 'ended'>,
): Code {
  switch (reason) {
    case 'not-propagated':
      return 'ITS-NOT-PROPAGATED'
    case 'off-target':
      return offTargetCode(cause.kind)
    case 'no-reply':
      return noReplyCode(cause.kind)
    case 'unhealthy':
      return cause.kind === 'no-success' ? 'ITS-NO-SUCCESS' : 'ITS-MORE-ERRORS'
    case 'health-undecided':
      return 'ITS-TOO-FEW-SUCCESSES'
    case 'dependent':
      return cause.kind === 'one-destination' ? 'ITS-ONE-DESTINATION' : 'ITS-DEPENDENT'
    case 'limit-reached':
      if (cause.kind === 'client-limits') return 'ITS-RUNNER-LIMIT'
      return ended === 'connections' ? 'ITS-CONNECTIONS-USED-UP' : 'ITS-TIME-UP'
  }
}

function offTargetCode(kind: Diagnosis['cause']['kind']): Code {
  switch (kind) {
    case 'partly-previous':
      return 'ITS-PARTLY-PROPAGATED'
    case 'swapped':
      return 'ITS-REPLIES-SWAPPED'
    case 'same-reply':
      return 'ITS-SAME-REPLY'
    case 'object':
      return 'ITS-WEIGHTS-OF-OBJECT'
    default:
      return 'ITS-OFF-TARGET'
  }
}

function noReplyCode(kind: Diagnosis['cause']['kind']): Code {
  if (kind === 'gateway-refuses') return 'ITS-GATEWAY-REFUSES'
  return kind === 'unrecognized' ? 'ITS-UNRECOGNIZED-REPLIES' : 'ITS-NO-REPLY'
}

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
      return cause.kind === 'stale-proxies' ? 'ITS-PROXY-STALE' : 'ITS-NOT-PROPAGATED'
    case 'off-target':
      return offTargetCode(cause.kind)
    case 'no-reply':
      return noReplyCode(cause.kind)
    case 'unhealthy':
      return unhealthyCode(cause)
    case 'health-undecided':
      return cause.kind === 'no-success' ? 'ITS-TOO-FEW-SUCCESSES' : 'ITS-HEALTH-UNDECIDED'
    case 'dependent':
      return cause.kind === 'one-destination' ? 'ITS-ONE-DESTINATION' : 'ITS-DEPENDENT'
    case 'limit-reached':
      if (cause.kind === 'client-limits') return 'ITS-RUNNER-LIMIT'
      return ended === 'connections' ? 'ITS-CONNECTIONS-USED-UP' : 'ITS-TIME-UP'
  }
}

function unhealthyCode(cause: Diagnosis['cause']): Code {
  if (cause.kind === 'no-success') return 'ITS-NO-SUCCESS'
  if (cause.kind !== 'above-limit') return 'ITS-MORE-ERRORS'
  return cause.question.kind === 'max-errors' ? 'ITS-TOO-MANY-ERRORS' : 'ITS-TOO-SLOW'
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

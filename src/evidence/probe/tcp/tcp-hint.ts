import { durationText } from '../../duration-text.ts'
import type { BeyondReply } from '../classify.ts'
import type { ProbeFailure } from '../probe.ts'
import { endedHint, tlsHint } from '../tls/tls-hint.ts'
import type { TcpProbeSettings } from './tcp-probe-settings.ts'

const LINE_FEED = 10

const HALF_CLOSE =
  'If the server answers only after the client has closed its half (try nc -N), use reply-until: half-close. '
const WAITS_FOR_CLOSE = 'ends when the server closes the connection, which this server may not do. '

/** Which input to check after this failure of `probe: tcp`. */
export function tcpHint(settings: TcpProbeSettings, failure: ProbeFailure): string {
  switch (failure.why) {
    case 'tls':
      return tlsHint(settings.tls, failure.cause)
    case 'refused':
      return 'Nothing listens there. Check that a Gateway has a server for this port, and that the Service leads to it (targetPort). '
    case 'closed':
    case 'reset':
      return `${endedHint(settings.tls)}Or the gateway has no route for the port yet. `
    case 'connect timeout':
      return `No connection was established within probe-timeout (${durationText(failure.timeoutMs)}). A firewall may drop the packets. Check the address. `
    case 'timeout':
      return timeoutHint(settings, failure)
    case 'unknown reply':
      return unknownReplyHint(settings, failure)
    case 'truncated reply':
      return 'No expression matches the first 64 KiB of the reply. The rest is not read. Correct expect, or change payload so that the reply is shorter. '
    default:
      return ''
  }
}

function unknownReplyHint({ replyUntil }: TcpProbeSettings, { beyond }: ProbeFailure): string {
  if (replyUntil !== 'newline') return ''
  const shown = clearest(beyond)
  if (shown === undefined)
    return 'A reply ends at its first line feed. If the servers send more lines, use reply-until: match. '
  return `The reply was cut at its first line feed. ${JSON.stringify(shown.text)} arrived. ${matchAdvice(shown)}`
}

/** Why a server that accepted the connection sent no complete reply. */
function timeoutHint(
  { replyUntil, payload }: TcpProbeSettings,
  { beyond, timeoutMs }: ProbeFailure,
): string {
  const shown = clearest(beyond)
  const slow = `If the server needs longer than ${durationText(timeoutMs)} to answer, raise probe-timeout. `
  if (replyUntil === 'half-close')
    return `With reply-until: half-close, a reply ${WAITS_FOR_CLOSE}${slow}`
  if (replyUntil === 'close' && shown === undefined)
    return `With reply-until: close, a reply ${WAITS_FOR_CLOSE}${HALF_CLOSE}${slow}`
  if (replyUntil === 'close')
    return `With reply-until: close, a reply ends when the server closes the connection, which it did not do. ${JSON.stringify(shown?.text)} arrived. Use reply-until: newline if the reply is a line, otherwise match. ${slow}`
  if (replyUntil === 'newline' && shown !== undefined)
    return `${JSON.stringify(shown.text)} arrived without a line feed, which ends a reply. ${matchAdvice(shown)}${slow}`
  if (shown !== undefined)
    return `${JSON.stringify(shown.text)} arrived, which no expression matches alone. Correct expect. ${slow}`
  if (payload.length > 0 && payload.at(-1) !== LINE_FEED)
    return `payload does not end with \\n, and a server that reads lines waits for it. ${HALF_CLOSE}${slow}`
  return `The connections were accepted, and no reply arrived. ${slow}The server may need another payload. ${HALF_CLOSE}`
}

/** Servers such as MySQL, SMTP and Redis greet in several lines, or in binary. */
function matchAdvice({ matches }: BeyondReply): string {
  return matches
    ? 'An expression matches that. Use reply-until: match. '
    : 'To match more than the first line, use reply-until: match. '
}

/** A sample that an expression matches, else the first. */
function clearest(beyond: readonly BeyondReply[]): BeyondReply | undefined {
  return beyond.find(({ matches }) => matches) ?? beyond[0]
}

import { durationText } from '../../duration-text.ts'
import type { ProbeFailure } from '../probe.ts'
import { endedHint, tlsHint } from '../tls/tls-hint.ts'
import type { HttpProbeSettings } from './http-probe-settings.ts'

/** What decides about a hint for requests: those of HTTP and of gRPC. */
export type Requesting = Pick<HttpProbeSettings, 'tls'> & {
  /** Undefined where it cannot be chosen. */
  version: HttpProbeSettings['version'] | undefined
}

const BAD_REQUEST = /^400\b/

/** Which input to check after this failure of a request. */
export function httpHint(settings: Requesting, failure: ProbeFailure): string {
  const { tls } = settings
  const { why, cause, timeoutMs } = failure
  const known = tlsHint(tls, cause) || protocolHint(settings, cause)
  if (known !== '') return known
  switch (why) {
    case 'refused':
      return 'Nothing listens there. Check that a Gateway has a server for this port, and that the Service leads to it (targetPort). '
    case 'closed':
    case 'reset':
      return `${endedHint(tls)}Or the destination fails. `
    case 'connect timeout':
      return `No connection was established within probe-timeout (${durationText(timeoutMs)}). A firewall may drop the packets. Check the address. `
    case 'timeout':
      return `The connections were accepted, and no complete reply arrived. If the server needs longer than ${durationText(timeoutMs)} to answer, raise probe-timeout. `
    case 'truncated reply':
      return 'No expectation matches the first 64 KiB of the body. The rest is not read. Correct expect, or set probe-path to a shorter reply. '
    case 'unknown reply':
    case 'gateway reply':
      return replyHint(tls, failure)
    default:
      return ''
  }
}

function protocolHint({ version }: Requesting, cause: ProbeFailure['cause']): string {
  switch (cause) {
    case 'expects HTTP/2':
      return 'The port speaks HTTP/2 only. Set probe-http: 2. '
    case 'expects HTTP/1.1':
      return version === undefined
        ? 'The port does not speak HTTP/2, which gRPC needs. Check the port and the protocol of the server (GRPC or HTTP2). '
        : 'The port speaks HTTP/1.1 only. Set probe-http: 1.1. '
    case 'other protocol':
      if (version === undefined) return 'The server must offer HTTP/2 (ALPN) for gRPC. '
      return `The server offers another version of HTTP. Set probe-http: ${version === '2' ? '1.1' : '2'}. `
    case 'no HTTP':
      return 'The port may speak another protocol than HTTP. Check the port, or use probe: tcp. '
    default:
      return ''
  }
}

/** Servers that expect TLS answer a request without it with 400, and say so in the body. */
function replyHint(tls: Requesting['tls'], { example = '' }: ProbeFailure): string {
  return tls === undefined && BAD_REQUEST.test(example)
    ? 'Servers that expect TLS answer so. If this one does, set probe-tls: true. '
    : ''
}

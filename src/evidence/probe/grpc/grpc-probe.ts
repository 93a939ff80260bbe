import { httpHint } from '../http/http-hint.ts'
import type { Http2Request } from '../http/http2-connection.ts'
import { type Http2DialSettings, http2Dial, keptHttp2Dial } from '../http/http2-dial.ts'
import { named, pseudoHeaders } from '../http/http2-request.ts'
import type { ProbeKind, ProbeTarget } from '../probe.ts'
import { grpcCommand } from './grpc-command.ts'
import type { GrpcProbeSettings } from './grpc-probe-settings.ts'
import { grpcReplied } from './grpc-reply.ts'

/** Calls a method with an empty message on each connection, and reads its reply. */
export const grpcProbe: ProbeKind<GrpcProbeSettings> = {
  kind: 'grpc',
  withSettings: (settings) => ({
    takesAddressesInTurn: true,
    failsAnywhere: true,
    open: (target) => http2Dial(dialSettings(settings, target)),
    openKept: (target) => keptHttp2Dial(dialSettings(settings, target)),
    hint: (failure) => httpHint({ tls: settings.tls, version: undefined }, failure),
    manualCommand: (endpoint) => grpcCommand(settings, endpoint),
  }),
}

function dialSettings(
  settings: GrpcProbeSettings,
  { endpoint, addresses, timeoutMs }: ProbeTarget,
): Http2DialSettings {
  const request = grpcRequest(settings)
  return { addresses, port: endpoint.port, request, tls: settings.tls, timeoutMs }
}

/** An empty message: not compressed, of no bytes. */
const EMPTY_MESSAGE = Buffer.alloc(5)

export function grpcRequest(settings: GrpcProbeSettings): Http2Request {
  return {
    headers: {
      ...pseudoHeaders({ ...settings, method: 'POST' }),
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-accept-encoding': 'identity',
      ...named(settings),
    },
    body: EMPTY_MESSAGE,
    replied: grpcReplied,
    isRepeatable: false,
  }
}

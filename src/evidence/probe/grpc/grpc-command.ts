import type { Endpoint } from '../../../kube/endpoint.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import { commonWords, headerWords, tlsWords, urlOf } from '../http/curl-command.ts'
import type { GrpcProbeSettings } from './grpc-probe-settings.ts'

/** A curl command that calls the method as the probe does. Tools for gRPC would have to know the service's messages. */
export function grpcCommand(settings: GrpcProbeSettings, endpoint: Endpoint): string {
  const { headers, tls } = settings
  const words = [
    ...commonWords(settings, endpoint),
    tls ? '--http2' : '--http2-prior-knowledge',
    "--header 'content-type: application/grpc'",
    "--header 'te: trailers'",
    ...headers.flatMap(headerWords),
    '--data-binary @- --output -',
    ...tlsWords(tls),
    shellQuoted(urlOf(settings, endpoint)),
  ]
  return `printf '\\0\\0\\0\\0\\0' | curl ${words.join(' ')}`
}

import { CONNECT, ENDPOINT } from './groups/probe.ts'
import type { Options } from './options.ts'
import type { Reader } from './reader.ts'

/** Finds inputs that do not fit the way that connections take. */
export function checkConnect(reader: Reader, { connect, probe }: Options): void {
  if (connect === 'direct') return
  const refuse = (input: string, value: string, advice: string) =>
    reader.refuse(
      input,
      'ITS-INPUTS-CONFLICT',
      () => `${value} cannot be combined with ${CONNECT.name}: ${connect}. ${advice}`,
    )
  if (reader.isSet(ENDPOINT))
    refuse(
      ENDPOINT.name,
      ENDPOINT.name,
      'The gateway is found from its Service. Remove endpoint, or use connect: direct.',
    )
  if (connect !== 'api-proxy') return
  const forward = 'Use connect: port-forward.'
  if (probe.kind !== undefined && probe.kind !== 'http')
    refuse('probe', `probe: ${probe.kind}`, `The Service proxy carries only HTTP. ${forward}`)
  if (probe.version === '2')
    refuse('probe-http', 'probe-http: 2', `The Service proxy carries only HTTP/1.1. ${forward}`)
  if (probe.tls === true)
    refuse(
      'probe-tls',
      'probe-tls: true',
      `The run cannot verify the gateway's certificate. ${forward}`,
    )
  if (probe.headers.some(([name]) => name === 'authorization'))
    refuse(
      'probe-headers',
      'The header authorization',
      `The API server takes it for its own. ${forward}`,
    )
}

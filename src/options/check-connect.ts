import { JOB_OPTIONS, JOB_PODS } from './groups/job.ts'
import { CONCURRENCY, CONNECT, ENDPOINT } from './groups/probe.ts'
import type { Options } from './options.ts'
import type { Reader } from './reader.ts'

/** Finds inputs that do not fit the way that connections take. */
export function checkConnect(reader: Reader, options: Options): void {
  const { connect } = options
  if (connect === 'job') checkJob(reader, options)
  else refuseJobOptions(reader)
  if (connect === 'port-forward' || connect === 'api-proxy') checkThroughApi(reader, options)
}

function refuseJobOptions(reader: Reader): void {
  for (const option of JOB_OPTIONS.options.filter(reader.isSet))
    reader.refuse(
      option.name,
      'ITS-INPUTS-CONFLICT',
      () =>
        `${option.name} is only used with ${CONNECT.name}: job. Set that, or remove ${option.name}.`,
    )
}

/** Each Pod has at least one connection in flight. */
function checkJob(reader: Reader, { concurrency, job: { pods } }: Options): void {
  if (concurrency >= pods) return
  reader.refuse(
    CONCURRENCY.name,
    'ITS-INPUTS-CONFLICT',
    () =>
      `${CONCURRENCY.name} (${concurrency}) must be at least ${JOB_PODS.name} (${pods}), because each Pod has at least one connection open.`,
  )
}

function checkThroughApi(reader: Reader, { connect, probe }: Options): void {
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

import type { ProbeInputs } from '../../evidence/probe/probe-inputs.ts'
import { type Endpoint, parseEndpoint } from '../../kube/endpoint.ts'
import { isNamespaceName, isObjectName, type NamespacedName } from '../../kube/names.ts'
import { option, PROBING } from '../option.ts'
import { numberIn, oneOf, positiveDuration } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import { readSampleOptions, SAMPLE_OPTIONS } from './sample.ts'

export const ENDPOINT = option<Endpoint>({
  name: 'endpoint',
  type: 'host:port or [v6]:port',
  placeholder: 'HOST:PORT',
  text: "Where to connect. Default: the gateway's address, found from the Gateway and its Service.",
  parse: ({ text, mustBe }) =>
    parseEndpoint(text) ??
    mustBe('host:port or [IPv6 address]:port, with a port from 1 to 65535', 'ITS-ENDPOINT-INVALID'),
})

export const GATEWAY_SERVICE = option<NamespacedName>({
  name: 'gateway-service',
  type: 'namespace/name',
  placeholder: 'NAMESPACE/NAME',
  text: 'The Service in front of the gateway. Default: found from the Gateway.',
  shape: { text: true, names: 'services' },
  parse: ({ text, mustBe }) => {
    const [namespace = '', name = '', ...rest] = text.split('/')
    return rest.length === 0 && isNamespaceName(namespace) && isObjectName(name)
      ? { namespace, name }
      : mustBe('namespace/name')
  },
})

/** How the connections of a run reach the gateway. */
export type ConnectName = 'direct' | 'port-forward' | 'api-proxy' | 'job'

export const CONNECT = option<ConnectName>({
  name: 'connect',
  type: 'direct, port-forward, api-proxy or job',
  placeholder: 'direct|port-forward|api-proxy|job',
  default: 'direct',
  brief:
    'How connections reach the gateway: from here, by a port-forward to its Pods, through its Service proxy, or from Pods of a Job.',
  text: 'How connections reach the gateway. direct: from here. port-forward: through the API server, to the ready Pods of the gateway in turn. api-proxy: requests over HTTP/1.1, through the Service proxy of the API server. job: from the Pods of a Job in the cluster, which can be in the mesh.',
  parse: oneOf('direct', 'port-forward', 'api-proxy', 'job'),
})

export const CONCURRENCY = option({
  name: 'concurrency',
  type: 'integer, 1 to 256',
  placeholder: '1..256',
  default: '16',
  text: 'Maximum number of connections open at the same time. With connect: job at least job-pods, which is also the default where it is more than 16.',
  modes: PROBING,
  parse: numberIn({ minimum: 1, maximum: 256, isInteger: true }, 'an integer from 1 to 256'),
})

export const RATE = option({
  name: 'rate',
  type: 'connections per second, more than 0',
  placeholder: 'NUMBER',
  brief:
    'Maximum number of connections opened per second. By default as fast as concurrency, or with connect: job the Pods, allow.',
  text: 'Maximum number of connections opened per second. Default: as fast as concurrency allows; while step-interval is watched, 10. With connect: job: 0.8 times what the slowest Pod opened before the write, times job-pods.',
  modes: PROBING,
  parse: numberIn({ exclusiveMinimum: 0 }, 'a number of connections per second greater than 0'),
})

export const PROBE_TIMEOUT = option({
  name: 'probe-timeout',
  type: 'duration',
  placeholder: 'TIME',
  default: '5s',
  text: 'Time limit of one connection, from its start to the complete reply.',
  modes: PROBING,
  parse: positiveDuration,
})

export const PROBE_OPTIONS = {
  title: 'Connections',
  options: [
    ...SAMPLE_OPTIONS,
    ENDPOINT,
    GATEWAY_SERVICE,
    CONNECT,
    CONCURRENCY,
    RATE,
    PROBE_TIMEOUT,
  ],
}

export type ProbeOptions = {
  probe: ProbeInputs
  endpoint: Endpoint | undefined
  gatewayService: NamespacedName | undefined
  connect: ConnectName
  concurrency: number
  /** Connections a second; undefined: as fast as `concurrency` allows. */
  ratePerSecond: number | undefined
  probeTimeoutMs: number
}

/** `probing`: the run opens connections. `jobPods`: how many Pods open them with `connect: job`. */
export function readProbeOptions(reader: Reader, probing: boolean, jobPods: number): ProbeOptions {
  const connect = reader.withDefault(CONNECT)
  return {
    probe: readSampleOptions(reader, probing),
    endpoint: reader.optional(ENDPOINT),
    gatewayService: reader.optional(GATEWAY_SERVICE),
    connect,
    concurrency: readConcurrency(reader, connect === 'job' ? jobPods : 1),
    ratePerSecond: reader.optional(RATE),
    probeTimeoutMs: reader.withDefault(PROBE_TIMEOUT),
  }
}

/** Each Pod of a Job has at least one connection open. */
function readConcurrency(reader: Reader, least: number): number {
  const given = reader.withDefault(CONCURRENCY)
  return reader.isSet(CONCURRENCY) ? given : Math.max(given, least)
}

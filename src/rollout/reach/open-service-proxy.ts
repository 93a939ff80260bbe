import { openServiceProxy, proxyPath } from '../../evidence/probe/api-proxy/service-proxy.ts'
import type { FoundGateway } from '../../gateways/gateway-search.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { coreResource, grantingRule } from '../../kube/resources.ts'
import { inputProblem, type Problem, problem } from '../../problem/problem.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Context } from '../model/context.ts'
import { settingsFor } from '../preflight/request/request-of.ts'
import type { Reach } from './reach.ts'

/** Opens a way to the gateway through the Service proxy of the API server, for requests over HTTP/1.1 in plain text. */
export function openServiceProxyReach(
  context: Context,
  rule: Rule,
  located: FoundGateway,
): Reach | { finding: Problem } {
  const { workloads } = context
  const settings = settingsFor(context, rule, located)
  if (!settings.ok) throw new RangeError('a way for samples that cannot be taken')
  const { value } = settings
  if (value.kind !== 'http') return { finding: unfit(`are taken with probe: ${value.kind}`) }
  if (value.tls !== undefined) return { finding: unfit('use TLS') }
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:[/?]|$)/i.test(value.path)) return { finding: dotSegments() }
  const { pods, arrival } = located
  if (pods === undefined || arrival === undefined)
    throw new RangeError('a Service proxy without a Service')
  const { namespace, service } = pods
  const port = service.port(arrival.port)
  if (port === undefined)
    return {
      finding: problem(
        'ITS-NO-SERVICE-PORT',
        `Service ${namespace}/${service.name} has no port that leads to port ${arrival.port} of the gateway.`,
        'Add the port to the Service, or use connect: port-forward.',
      ),
    }
  const proxied = { namespace, name: service.name, port }
  const proxy = openServiceProxy(workloads, proxied, value)
  const path = `${proxyPath(proxied)}${value.path}`
  return {
    address: {
      endpoints: [endpointOf(workloads.server)],
      how: `Service proxy of ${namespace}/${service.name}, port ${port}`,
    },
    // The API server chooses a Pod for each request, so the connections to it may be kept all the same.
    probe: {
      takesAddressesInTurn: false,
      open: ({ timeoutMs }) => proxy.open(timeoutMs),
      openKept: ({ timeoutMs }) => ({ dial: proxy.open(timeoutMs), close: () => undefined }),
    },
    manualCommand: () => `${kubectl(workloads)} get --raw ${shellQuoted(path)}`,
    findings: [],
    broken() {
      const failure = proxy.broken()
      return (
        failure &&
        `The API server did not pass a request on to the gateway: ${sentence(failure.why)}`
      )
    },
    signal: proxy.signal,
    remedy() {
      const status = proxy.broken()?.status
      if (status === 429) return { code: 'ITS-POD-NOT-REACHED', remedy: TOO_MANY }
      if (status !== 403) return undefined
      const name = `http:${service.name}:${port}`
      const resource = coreResource('services/proxy', namespace, name)
      return { code: 'ITS-FORBIDDEN', remedy: grantingRule(resource, verbOf(value.method)) }
    },
  }
}

const TOO_MANY =
  'The API server limits how many requests it takes. Lower rate or concurrency, or use connect: port-forward. Then run it again.'

function endpointOf(server: string): Endpoint {
  const { protocol, hostname, port } = new URL(server)
  return { host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) }
}

function sentence(clause: string): string {
  return clause.endsWith('.') ? clause : `${clause}.`
}

/** What RBAC calls a method. Source: k8s.io/apiserver, RequestInfo. */
function verbOf(method: string): string {
  const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update' }
  const other = ['PATCH', 'DELETE'].includes(method) ? method.toLowerCase() : 'get'
  return verbs[method] ?? other
}

function unfit(how: string): Problem {
  return inputProblem(
    'connect',
    'ITS-INPUTS-CONFLICT',
    `connect: api-proxy carries only HTTP/1.1 requests in plain text, and samples of this rule ${how}.`,
    'Use connect: port-forward.',
  )
}

function dotSegments(): Problem {
  return inputProblem(
    'probe-path',
    'ITS-INPUTS-CONFLICT',
    'probe-path must have no . or .. between slashes with connect: api-proxy, because its path is a part of one of the API server.',
    'Use connect: port-forward.',
  )
}

import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import { type Recognition, startClassifying } from '../../evidence/probe/classify.ts'
import { startMatching } from '../../evidence/probe/match-replies.ts'
import { startPace } from '../../evidence/probe/pace.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { replySource } from '../../evidence/probe/probe-source.ts'
import { type LeftOut, reachableAddresses } from '../../evidence/probe/reachable-addresses.ts'
import { finderFor } from '../../gateways/finders.ts'
import type { FoundAddress, FoundGateway } from '../../gateways/gateway-search.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import { jobNamespace } from '../../options/groups/job.ts'
import { clientLimit, isClientLimit } from '../../problem/client-limit.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import type { ClientPods } from '../../routes/probe-request.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { portIn } from '../../routes/wanted.ts'
import type { Context } from '../model/context.ts'
import type { Way } from './through-reach.ts'

/** Where connections for the rule are opened: as given, or as the cluster has it. */
export async function locateGateway(
  context: Context,
  { object, rule, apiVersion }: { object: RouteObject; rule: Rule; apiVersion: string },
  signal: AbortSignal,
): Promise<FoundGateway> {
  const { endpoint, route, gatewayService, connect, probe } = context.options
  const search = {
    api: context.api,
    workloads: context.workloads,
    apiVersion,
    object,
    rule,
    routePort: portIn(route),
    probeHost: probe.host,
    gatewayService,
    throughApi: connect !== 'direct',
    client: connect === 'job' ? clientPods(context) : undefined,
  }
  return finderFor(object).locate(search, endpoint, signal)
}

/** The Pods of a Job, by what they have for rules that look at their clients. */
function clientPods({ options }: Pick<Context, 'options'>): ClientPods {
  return { namespace: jobNamespace(options), labels: options.job.template.labels ?? {} }
}

/** A way to open connections, and where they go. */
type OpenedGateway = {
  gateway: EvidenceSource<ProbeSample>
  endpoint: Endpoint
  /** The addresses that connections use in turn, from the first on; none if a command chooses. */
  addresses: readonly string[]
  findings: Problem[]
}

/**
 * A way to open connections to the addresses that accept them, and a warning that names the others. A problem if
 * none does.
 */
export async function openGateway(
  context: Context,
  { address, probe, recognition, source }: Way & { recognition: Recognition },
  signal: AbortSignal,
): Promise<OpenedGateway | { finding: Problem }> {
  const { options } = context
  const { endpoints, how, instead = [] } = address
  if (source !== undefined) return openedElsewhere(context, address, source)
  const { probeTimeoutMs: timeoutMs, concurrency, ratePerSecond } = options
  const paces = ratePerSecond === undefined ? [] : [startPace(ratePerSecond, context.nowMs())]
  const match = startMatching(recognition.expect)
  const classify = startClassifying({ ...recognition, redact: context.redact, match })
  const opened = (endpoint: Endpoint, hosts: readonly string[], findings: Problem[]) => {
    context.emit({ kind: 'endpoint', endpoint, how, addresses: hosts })
    const { environment } = context
    const gateway = replySource.open({
      evidence: 'replies',
      probe,
      target: { endpoint, addresses: hosts, match, timeoutMs, environment },
      classify,
      concurrency,
      paces,
      nowMs: context.nowMs,
      showsErrors: recognition.errors !== undefined || recognition.attributesCut === true,
    })
    return { gateway, endpoint, addresses: hosts, findings }
  }
  if (!probe.takesAddressesInTurn && endpoints.length === 1) return opened(endpoints[0], [], [])
  const { addresses, leftOut } = await reachableAddresses(endpoints, { limitMs: timeoutMs, signal })
  const [first] = addresses
  if (first === undefined) return { finding: unreachable(leftOut, how, instead) }
  const findings = leftOut.length === 0 ? [] : [leftOutWarning(leftOut, addresses.length, how)]
  const hosts = probe.takesAddressesInTurn ? addresses.map(({ address }) => address) : []
  return opened({ host: first.host, port: first.port }, hosts, findings)
}

/** What other machines take, and look up, is not tried from here. */
function openedElsewhere(
  { emit }: Context,
  { endpoints: [endpoint], how }: FoundAddress,
  gateway: EvidenceSource<ProbeSample>,
): OpenedGateway {
  emit({ kind: 'endpoint', endpoint, how, addresses: [] })
  return { gateway, endpoint, addresses: [], findings: [] }
}

function unreachable(
  leftOut: readonly LeftOut[],
  how: string,
  instead: readonly string[],
): Problem {
  const [only, second] = leftOut
  const [, code = ''] = /\b(E[A-Z]{3,})\b/.exec(only?.why ?? '') ?? []
  const own = isClientLimit(code) ? clientLimit(code, only?.what ?? '') : undefined
  const what =
    only && !second
      ? `The gateway address ${only.what} (${how}) cannot be used: ${only.why}`
      : `No address of the gateway (${how}) accepts connections: ${reasons(leftOut)}`
  return problem(
    'ITS-GATEWAY-UNREACHABLE',
    own === undefined ? `${what}.` : `${what} (${own.means}).`,
    own?.remedy ??
      `Check the address, and that this machine can reach it. Or set endpoint: host:port.${alternatives(instead)}`,
  )
}

/** Ways to the same Pods. */
function alternatives(instead: readonly string[]): string {
  if (instead.length === 0) return ''
  return `\nThe same gateway has other addresses. Try one of these:\n${instead.map((input) => `  ${input}`).join('\n')}`
}

function leftOutWarning(leftOut: readonly LeftOut[], used: number, how: string): Problem {
  const verbs =
    leftOut.length === 1
      ? 'accepts no connection from here and is'
      : 'accept no connection from here and are'
  return warning(
    'ITS-ADDRESS-NOT-USED',
    `${leftOut.length} of ${leftOut.length + used} addresses of the gateway (${how}) ${verbs} not used: ${reasons(leftOut)}.`,
    'Clients that are sent to these addresses may fail too. If only this machine cannot reach them, set endpoint: host:port to the address to use.',
  )
}

/** There can be many nodes whose addresses all fail for the same reason. */
const MOST_NAMED = 20

function reasons(leftOut: readonly LeftOut[]): string {
  const named = leftOut.slice(0, MOST_NAMED).map(({ what, why }) => `${what}: ${why}`)
  const rest = leftOut.length - named.length
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')
}

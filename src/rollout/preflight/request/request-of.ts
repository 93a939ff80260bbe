import { USER_AGENT } from '../../../evidence/probe/http/http-dial.ts'
import { probeFor } from '../../../evidence/probe/probe-for.ts'
import type { ProbeSettings } from '../../../evidence/probe/probes.ts'
import type { FoundGateway } from '../../../gateways/gateway-search.ts'
import type { Result } from '../../../problem/result.ts'
import type { HttpRequest, ProbeRequest } from '../../../routes/probe-request.ts'
import type { Rule } from '../../../routes/rule.ts'
import type { Context } from '../../model/context.ts'
import { payloadRequest } from './payload-request.ts'

/**
 * What a probe sends, as far as it decides which rule it hits; undefined where that is not known: the server that it
 * connects to was not found, a command takes the samples, or what is sent is in another protocol than the rule.
 */
export function requestOf(
  { protocol }: Pick<Rule, 'protocol'>,
  settings: ProbeSettings,
  { arrival }: Pick<FoundGateway, 'arrival'>,
): ProbeRequest | undefined {
  // Which tcp rule a connection hits is decided by its port alone, and the server has it.
  if (arrival === undefined || settings.kind === 'command' || protocol === 'tcp') return undefined
  const { tls } = settings
  if (protocol === 'tls') return tls && { ...arrival, protocol, sni: tls.serverName ?? '' }
  const scheme = tls === undefined ? 'http' : 'https'
  if (settings.kind === 'tcp') {
    const asked = payloadRequest(settings.payload)
    return asked && { ...arrival, protocol: 'http', scheme, ...asked }
  }
  const { authority, path } = settings
  const method = settings.kind === 'grpc' ? 'POST' : settings.method
  return { ...arrival, protocol: 'http', method, scheme, authority, path, headers: sent(settings) }
}

/** The settings of the probe for a rule at its gateway. */
export function settingsFor(
  { options }: Context,
  { protocol }: Rule,
  { tls, hosts }: FoundGateway,
): Result<ProbeSettings> {
  return probeFor(options.probe, { protocol, tls, hosts })
}

/** Whether the inputs say how samples are taken. A plan may leave that out, and then nothing that is sent is wrong yet. */
export function isComplete({ options }: Context): boolean {
  const { mode, stamp, expect, evidence } = options
  return mode !== 'plan' || stamp || evidence === 'counters' || expect.length > 0
}

/** What the run sends; undefined where that is not known. */
export function requestAt(
  context: Context,
  rule: Rule,
  located: FoundGateway,
): ProbeRequest | undefined {
  const settings = settingsFor(context, rule, located)
  return settings.ok ? requestOf(rule, settings.value, located) : undefined
}

/** Why it is not known what the samples of a rule send, as a clause; undefined where it is known, or where that is reported elsewhere. */
export function whyNotKnown(
  context: Context,
  rule: Rule,
  located: FoundGateway,
): string | undefined {
  const settings = settingsFor(context, rule, located)
  if (!settings.ok || located.arrival === undefined || rule.protocol === 'tcp') return undefined
  const { kind } = settings.value
  if (kind === 'command') return 'probe-command takes the samples'
  return kind === 'tcp' && rule.protocol !== 'tls' && !requestOf(rule, settings.value, located)
    ? 'payload does not begin with an HTTP/1.1 request that has a Host header'
    : undefined
}

/** The same, with a connection to a tcp rule: which rule that hits changes only with the object. */
export function sentTo(
  context: Context,
  rule: Rule,
  located: FoundGateway,
): ProbeRequest | undefined {
  if (rule.protocol !== 'tcp') return requestAt(context, rule, located)
  const { arrival } = located
  if (arrival === undefined || context.options.probe.kind === 'command') return undefined
  return { ...arrival, protocol: 'tcp' }
}

/**
 * Headers of the request that a match may name: those of the inputs, and those that are sent by default. Headers of the
 * connection are not among them, because a gateway removes them first.
 */
function sent({ kind, headers }: Extract<ProbeSettings, { authority: string }>) {
  const defaults: HttpRequest['headers'] = [
    ['user-agent', USER_AGENT],
    ...(kind === 'grpc' ? GRPC : [['accept', '*/*'] as const]),
  ]
  return [...defaults.filter(([name]) => headers.every(([other]) => other !== name)), ...headers]
}

const GRPC: HttpRequest['headers'] = [
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
]

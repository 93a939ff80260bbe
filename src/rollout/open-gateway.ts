import type { Entry } from '../mesh/entry.ts'
import { type Finding, problem } from '../mesh/finding.ts'
import { findGatewayAddress } from '../mesh/gateway-address.ts'
import type { FoundAddress } from '../mesh/gateway-search.ts'
import { endpointText } from '../options/endpoint.ts'
import type { Endpoint, Expectation } from '../options/options.ts'
import { startClassifying } from '../probe/classify.ts'
import { commandDial } from '../probe/command-dial.ts'
import { startMatching } from '../probe/match-replies.ts'
import { startPace } from '../probe/pace.ts'
import { tcpDial, usableAddresses } from '../probe/tcp-dial.ts'
import type { Context } from './context.ts'
import type { Gateway } from './proof-order.ts'

/** Where the entry's connections are made: as given, or as the cluster has it. */
export async function locateGateway(
  context: Context,
  entry: Entry,
  istioVersion: string,
  signal: AbortSignal,
): Promise<FoundAddress> {
  const { options } = context
  if (options.endpoint) return { ok: true, endpoint: options.endpoint, how: 'the input endpoint' }
  const search = {
    api: context.api,
    workloads: context.workloads,
    istioVersion,
    entry,
    gatewayService: options.gatewayService,
  }
  return findGatewayAddress(search, signal)
}

/** A way to open connections to the endpoint; a finding where its host has no address that answers. */
export async function openGateway(
  context: Context,
  endpoint: Endpoint,
  how: string,
  expect: readonly Expectation[],
  signal: AbortSignal,
): Promise<{ gateway: Gateway } | { finding: Finding }> {
  const { options } = context
  const { probe, probeTimeoutMs: timeoutMs, concurrency, ratePerSecond } = options
  const paces = ratePerSecond === undefined ? [] : [startPace(ratePerSecond, context.nowMs())]
  const match = startMatching(expect)
  const common = { classify: startClassifying(expect, context.redact, match), concurrency, paces }
  if (probe.kind === 'command') {
    context.emit({ kind: 'endpoint', endpoint, how, addresses: [] })
    const dial = await commandDial({
      commandLine: probe.commandLine,
      endpoint,
      timeoutMs,
      environment: context.environment,
    })
    return { gateway: { ...common, dial } }
  }
  const looking = usableAddresses(endpoint, timeoutMs)
  const found = await Promise.race([looking, aborted(signal)]).catch((error: Error) => error)
  if (found instanceof Error) {
    return {
      finding: problem(
        'preflight',
        `${endpointText(endpoint)} (${how}) cannot be used: ${found.message}`,
        'Check the name, and that it can be reached from here; or give endpoint: host:port.',
      ),
    }
  }
  context.emit({ kind: 'endpoint', endpoint, how, addresses: found })
  const dial = tcpDial({
    addresses: found,
    port: endpoint.port,
    payload: probe.payload,
    replyUntil: probe.replyUntil,
    match,
    timeoutMs,
  })
  return { gateway: { ...common, dial } }
}

/** Rejects when the signal aborts: a name server may take longer than a cancel can wait. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new Error('the run was stopped, or its time was up'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

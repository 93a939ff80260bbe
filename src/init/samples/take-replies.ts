import type { ConnectionOutcome } from '../../evidence/probe/connection-outcome.ts'
import { startMatching } from '../../evidence/probe/match-replies.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import { replySource } from '../../evidence/probe/probe-source.ts'
import { reachableAddresses } from '../../evidence/probe/reachable-addresses.ts'
import type { FoundAddress } from '../../gateways/gateway-search.ts'
import { within } from '../../kube/within.ts'
import type { Context } from '../../rollout/model/context.ts'

/** The longest that one sample may take. A step waits longer by default. */
const LIMIT_MS = 3_000
const CONCURRENCY = 5

/** Takes so many samples, and returns how each ended; none where no address accepts connections. */
export async function takeReplies(
  context: Pick<Context, 'options' | 'environment' | 'nowMs'>,
  { probe, address }: { probe: Probe; address: FoundAddress },
  count: number,
  signal: AbortSignal,
): Promise<ConnectionOutcome[]> {
  const { environment, nowMs, options } = context
  const timeoutMs = Math.min(options.probeTimeoutMs, LIMIT_MS)
  const { endpoints } = address
  const found = probe.takesAddressesInTurn
    ? await reachableAddresses(endpoints, { limitMs: timeoutMs, signal })
    : { addresses: [] }
  const [first] = found.addresses
  if (probe.takesAddressesInTurn && first === undefined) return []
  const endpoint = first ?? endpoints[0]
  const outcomes: ConnectionOutcome[] = []
  const source = replySource.open({
    evidence: 'replies',
    probe,
    target: {
      endpoint: { host: endpoint.host, port: endpoint.port },
      addresses: found.addresses.map(({ address }) => address),
      match: startMatching([]),
      timeoutMs,
      environment,
    },
    classify(outcome) {
      outcomes.push(outcome)
      return { kind: 'unclassified', why: 'unknown reply', detail: '' }
    },
    concurrency: CONCURRENCY,
    paces: [],
    nowMs,
  })
  const all = (limited: AbortSignal) =>
    new Promise<void>((done) => {
      const sampling = source.start({ most: () => count }, () => {
        if (outcomes.length >= count) done()
      })
      limited.addEventListener('abort', () => sampling.stop(), { once: true })
    })
  // What was seen until the limit is the result too.
  await within({ ms: 2 * timeoutMs, signal }, all).catch(() => undefined)
  return outcomes
}

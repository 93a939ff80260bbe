import type { EvidenceSource } from '../../../evidence/evidence-source.ts'
import type { Expectation } from '../../../evidence/probe/expectation.ts'
import type { ProbeSample } from '../../../evidence/probe/probe-sample.ts'
import { endpointText } from '../../../kube/endpoint.ts'
import { type Problem, problem } from '../../../problem/problem.ts'
import type { startCounting } from '../../counters/count-since.ts'
import type { Counting } from '../../counters/counting.ts'
import type { Context } from '../../model/context.ts'
import { countText, samplesText } from '../../model/percents.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'
import { openGateway } from '../open-gateway.ts'
import { FIRST_CONNECTIONS, MOST_CONNECTIONS } from '../preflight-sampling.ts'
import type { Probing } from '../request/probing-of.ts'
import { answeredBy, reportReplies, sampleBeforeWrite } from '../sample-before-write.ts'
import type { Way } from '../through-reach.ts'
import { needsMeasuring } from '../time/time-needed.ts'
import { shownBy, type TriedReplies } from '../trial-samples.ts'

/** Any complete reply that a destination sent: which one it was, the counters show. */
export const ANY_REPLY: readonly Expectation[] = [{ destination: 'any' }]

/** What connections of the run before the write showed, beside counters. */
export type TriedOwn = TriedReplies & {
  gateway: EvidenceSource<ProbeSample> | undefined
  addresses: readonly string[]
}

type Counter = ReturnType<typeof startCounting>

/** Opens connections before the write, and checks whether the proxies count them. `first`: what they had counted before. */
export async function tryOwn(
  context: Context,
  { edit: { names, presentShares }, unit, checks }: ShiftPlan,
  {
    recognition,
    counting,
    counter,
    ...way
  }: Probing & Way & { counting: Counting; counter: Counter; first: ReturnType<Counter['look']> },
  signal: AbortSignal,
): Promise<TriedOwn> {
  const { options } = context
  const { probe } = way
  const [opened, first] = await Promise.all([
    openGateway(context, { ...way, recognition }, signal),
    way.first,
  ])
  if ('finding' in opened) return { ...NOTHING, findings: [opened.finding] }
  const { gateway, endpoint, addresses, findings } = opened
  const isAny = recognition.expect === ANY_REPLY
  const shown = isAny ? ['any'] : names
  const order = {
    shares: isAny ? [1] : presentShares,
    // Fewer would leave others unseen that serve the address too. So many are all that are open at once, so none of them is
    // counted and not yet answered.
    least: needsMeasuring(checks, options) ? MOST_CONNECTIONS / 2 : FIRST_CONNECTIONS,
    most: options.mode === 'shift' ? MOST_CONNECTIONS : FIRST_CONNECTIONS,
  }
  const samples = await sampleBeforeWrite(context, gateway, order, signal)
  const { counts, unread, isPartLost } = await counter.look(signal)
  const { counts: replies, unclassified } = answeredBy(samples, shown.length)
  const answered = replies.reduce((sum, count) => sum + count, 0)
  reportReplies(
    context,
    {
      samples: samples.length,
      byDestination: Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0])),
      unclassified,
    },
    signal,
  )
  const tried = shownBy(context, { endpoint, probe, names: shown, unit }, samples, signal)
  // A proxy that could not be read may have served what is lacking, or an endpoint that left. The check shows whether it did.
  const isPartly = first.unread.length > 0 || unread.length > 0 || isPartLost
  const uncounted =
    signal.aborted || isPartly
      ? []
      : findUncounted(
          { answered, counts, unit, proxies: counting.proxies.members().length },
          endpointText(endpoint),
        )
  return {
    ...tried,
    replyCounts: { counts, unclassified },
    gateway,
    addresses,
    findings: [...findings, ...tried.findings, ...uncounted],
  }
}

export const NOTHING: TriedOwn = {
  gateway: undefined,
  addresses: [],
  replyCounts: { counts: [], unclassified: 0 },
  samples: [],
  findings: [],
}

type Counted = {
  answered: number
  counts: readonly number[]
  unit: ShiftPlan['unit']
  proxies: number
}

/** Where proxies counted less than was answered, others serve the address too, and their split would not be seen. */
function findUncounted({ answered, counts, unit, proxies }: Counted, endpoint: string): Problem[] {
  const counted = counts.reduce((sum, count) => sum + count, 0)
  if (counted >= answered) return []
  return [
    problem(
      'ITS-OWN-TRAFFIC-NOT-COUNTED',
      `${samplesText(answered, unit)} to ${endpoint} were answered before the write, but the ${countText(proxies)} ${proxies === 1 ? 'proxy' : 'proxies'} of the rule counted only ${countText(counted)}. Others serve that address too, so the counters do not show the whole split.`,
      'Check that endpoint is an address of the gateway of this rule, and that no proxy or cache is in front of it. Or use evidence: replies.',
    ),
  ]
}

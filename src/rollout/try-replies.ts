import { type Finding, problem } from '../mesh/finding.ts'
import { endpointText } from '../options/endpoint.ts'
import type { Endpoint } from '../options/options.ts'
import type { Classified } from '../probe/classify.ts'
import { type Draw, type Probing, startProbing } from '../probe/prober.ts'
import type { Answered } from '../split/who-is-silent.ts'
import type { Context } from './context.ts'
import { metText } from './met-text.ts'
import type { Gateway } from './proof-order.ts'
import { mendReplies } from './see-replies.ts'

/** What a few connections before the write showed. */
export type TriedReplies = { findings: Finding[]; heard: Answered }

const MOST_CONNECTIONS = 10
const PROGRESS_EVERY_MS = 500

/**
 * Opens up to 10 connections, fewer once every destination that should have some was heard. None
 * classified, or a reply that two expectations match, is an error: nothing is written then.
 */
export async function tryReplies(
  context: Context,
  gateway: Gateway,
  endpoint: Endpoint,
  names: readonly string[],
  presentShares: readonly number[],
  signal: AbortSignal,
): Promise<TriedReplies> {
  const draws = await firstDraws(context, gateway, presentShares, signal)
  const counts = names.map(
    (_, index) =>
      draws.filter(
        ({ classified }) => classified.kind === 'destination' && classified.index === index,
      ).length,
  )
  const classified = counts.reduce((a, b) => a + b, 0)
  const unclassified = draws.filter((draw) => draw.classified.kind === 'unclassified').length
  const heard = { counts, unclassified }
  context.emit({
    kind: 'preflight-replies',
    connections: draws.length,
    byDestination: Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0])),
    unclassified,
  })
  const unfit = draws.flatMap(({ classified: one }) => unfitExpression(one) ?? [])
  if (unfit.length > 0) return { findings: unfit.slice(0, 1), heard }
  if (classified === 0 && !signal.aborted) {
    return {
      findings: [
        problem(
          'preflight',
          `none of ${draws.length} connections to ${endpointText(endpoint)} got a reply that expect knows: ${metText(draws)}`,
          mendReplies(context.options, endpoint, draws),
        ),
      ],
      heard,
    }
  }
  return { findings: [], heard }
}

/** What a reply shows to be wrong with the input `expect`. */
function unfitExpression(classified: Classified): Finding | undefined {
  if (classified.kind !== 'unclassified') return undefined
  const reply = `expect: the reply ${JSON.stringify(classified.detail)}`
  if (classified.why === 'ambiguous reply') {
    const mend = 'Write expressions of which exactly one matches each reply.'
    return problem('input', `${reply} matches more than one expression`, mend)
  }
  if (classified.why !== 'slow expression') return undefined
  return problem(
    'input',
    `${reply} costs an expression too much work`,
    'Write shorter expressions that begin with ^, and + or * instead of counts such as {50}.',
  )
}

function firstDraws(
  context: Context,
  gateway: Gateway,
  presentShares: readonly number[],
  signal: AbortSignal,
): Promise<Draw[]> {
  const draws: Draw[] = []
  const unheard = new Set(presentShares.flatMap((share, index) => (share > 0 ? [index] : [])))
  return new Promise((resolve) => {
    let probing: Probing | undefined
    let over = false
    const reporting = setInterval(
      () => context.emit({ kind: 'preflight-progress', connections: draws.length }),
      PROGRESS_EVERY_MS,
    )
    const finish = () => {
      probing?.stop()
      clearInterval(reporting)
      over = true
      signal.removeEventListener('abort', finish)
      resolve(draws)
    }
    const settings = {
      ...gateway,
      concurrency: Math.min(gateway.concurrency, MOST_CONNECTIONS),
      most: () => MOST_CONNECTIONS,
      nowMs: context.nowMs,
    }
    probing = startProbing(settings, (draw) => {
      draws.push(draw)
      if (draw.classified.kind === 'destination') unheard.delete(draw.classified.index)
      if (
        draws.length === MOST_CONNECTIONS ||
        (unheard.size === 0 && draws.every((known) => known.classified.kind === 'destination'))
      )
        finish()
    })
    if (over) probing.stop()
    else if (signal.aborted) finish()
    else signal.addEventListener('abort', finish)
  })
}

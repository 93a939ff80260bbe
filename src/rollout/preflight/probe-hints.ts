import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import { type Expectation, expectationText } from '../../evidence/probe/expectation.ts'
import type { Probe, ProbeFailure } from '../../evidence/probe/probe.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import type { Options } from '../../options/options.ts'
import { commandsOf } from '../diagnosis/commands.ts'
import { explainOwnReply, type OwnReply } from '../diagnosis/own-reply.ts'
import type { Context } from '../model/context.ts'
import { ownReplyIn } from './outcomes-text.ts'

type Probing = Pick<Options, 'expect' | 'probeTimeoutMs'> & { probe: Probe }

/** What to do about connections none of which was recognized: how most of them failed says what to check, and a command shows it. */
export function remedyForReplies(
  probing: Probing,
  endpoint: Endpoint,
  samples: readonly ProbeSample[],
): string {
  const { unsent } = probing.probe
  const introduction =
    unsent === undefined
      ? 'To see what comes back:'
      : `To see what comes back, send ${unsent}, over this connection:`
  return `${hintFor(probing, samples)}${introduction}\n  ${probing.probe.manualCommand(endpoint)}`
}

/** What replies of the gateway itself mean, where it made more than half of those that are no success. */
export function explainedIn(
  context: Pick<Context, 'api' | 'workloads' | 'options'>,
  samples: readonly ProbeSample[],
): OwnReply | undefined {
  const cause = ownReplyIn(samples)
  return cause && explainOwnReply(cause, commandsOf(context))
}

/**
 * What replies that no expression matches, or that are not complete, show about the inputs, where some of the
 * connections were answered; empty where the cause is elsewhere.
 */
export function hintForSamples(
  { probe, ...options }: Omit<Probing, 'probe'> & { probe: Probe | undefined },
  samples: readonly ProbeSample[],
): string {
  if (probe === undefined) return ''
  const failure = failureOf(options, samples)
  const isReply = failure.why === 'unknown reply' || failure.why === 'truncated reply'
  const hasArrived = failure.why === 'timeout' && anyArrived(samples)
  return isReply || hasArrived ? hintFor({ ...options, probe }, samples) : ''
}

function hintFor(probing: Probing, samples: readonly ProbeSample[]): string {
  const failure = failureOf(probing, samples)
  const known = failure.why === 'unknown reply' ? `expect has ${expressions(probing.expect)}. ` : ''
  return `${known}${probing.probe.hint(failure)}`
}

/** How most of the connections failed. */
function failureOf(
  { probeTimeoutMs: timeoutMs }: Pick<Options, 'probeTimeoutMs'>,
  samples: readonly ProbeSample[],
): ProbeFailure {
  const unclassified = samples.flatMap(({ classified }) =>
    classified.kind === 'unclassified' ? [classified] : [],
  )
  const counts = new Map<Unclassified, number>()
  for (const { why } of unclassified) counts.set(why, (counts.get(why) ?? 0) + 1)
  const why = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
  const beyond = unclassified.flatMap((one) => (one.why === why ? (one.beyond ?? []) : []))
  const cause = unclassified.find((one) => one.why === why && one.cause !== undefined)?.cause
  const example = unclassified.find((one) => one.why === why)?.detail
  return { why, beyond, cause, example, timeoutMs }
}

function anyArrived(samples: readonly ProbeSample[]): boolean {
  return samples.some(
    ({ classified }) => classified.kind === 'unclassified' && classified.beyond !== undefined,
  )
}

/** `v1: /^one/, v2: /^two/`. */
export function expressions(expect: readonly Expectation[]): string {
  return expect.map((one) => `${one.destination}: ${expectationText(one)}`).join(', ')
}

import { istioctl, kubectl } from '../mesh/kubectl.ts'
import type { Check } from './check.ts'
import type { Context } from './context.ts'
import { metSummary } from './met-text.ts'
import { type Outcome, Stop } from './outcome.ts'
import { percentsOf, percentsText } from './percents.ts'
import { stopFor } from './refused.ts'

/** Verdict and words of a run's end, before the object is put in order. */
export type Ended = Pick<Outcome, 'verdict' | 'reason' | 'message' | 'mend'>

/** The end that an error makes. One that nobody foresaw is said as such: the weights go back all the same. */
export function endOfError(context: Context, error: unknown): Ended {
  if (context.cancelled.aborted) return cancelled()
  const known = stopFor(error, 'a call to the API server')
  if (known instanceof Stop) {
    return {
      verdict: known.verdict,
      reason: known.reason,
      message: known.message,
      mend: known.mend,
    }
  }
  const text = known.stack ?? known.message
  return {
    verdict: 'error',
    reason: 'cluster',
    message: `a fault of this tool: ${text}`,
    mend: 'Please report it with these lines.',
  }
}

/** The end that a cancel makes. */
export function cancelled(): Ended {
  return { verdict: 'error', reason: 'cancelled', message: 'the run was cancelled', mend: '' }
}

/** The end that a check makes which did not pass. */
export function endOfCheck(context: Context, check: Check): Ended {
  const target = percentsText(percentsOf(check.names, check.target))
  const seen = seenText(check)
  switch (check.ended) {
    case 'off-target':
      return fail(
        'off-target',
        `the split is not ${target}: observed ${seen}`,
        `Look for another route that takes part of the connections, for a replica of the gateway with old configuration, and for a proxy in between that keeps connections:\n  ${kubectl(context.api.context)} get virtualservices --all-namespaces\n  ${proxyStatus(context)}`,
      )
    case 'not-propagated':
      return fail(
        'not-propagated',
        `the gateway still splits as before the write ${context.options.propagationTimeoutMs / 1000} s after it, not ${target}: observed ${seen}`,
        `Look whether istiod is up and the gateway in sync:\n  ${proxyStatus(context)}`,
      )
    case 'no-reply':
      return fail(
        'no-reply',
        `more than 1 in 100 connections go without a known reply while ${target} is asked for`,
        `Look whether expect knows all replies, and at the Pods of the destination that does not answer:\n  ${kubectl(context.workloads.context, context.options.namespace)} get pods --output wide`,
      )
    case 'dependent':
      return inconclusive(
        'dependent',
        `connections hang together (one client address pinned to one destination, or blocks), so their split says little: observed ${seen} where ${target} is asked for`,
        'Probe from several addresses, or look for session affinity in front of the gateway or in a DestinationRule.',
      )
    case 'limit-reached':
      return inconclusive(
        'limit-reached',
        `${seen} do not tell whether the split is ${target}`,
        `Give more connections than ${check.limit}, or a wider tolerance.`,
      )
    default:
      return inconclusive(
        'limit-reached',
        `the time was up before it could be told whether the split is ${target}: observed ${seen}${slow(check)}`,
        'Give more timeout, more concurrency or rate, or a wider tolerance.',
      )
  }
}

/** `v1 80.2%, v2 19.8% of 500 connections`; where none could be told, shares of 0 would be none of theirs. */
export function seenText(check: Check): string {
  const last = check.tries.at(-1)
  if (last === undefined || last.draws === 0) return 'no connection'
  if (last.draws === last.unclassified)
    return `none of ${last.draws} connections with a known reply`
  return `${observedText(check)} of ${last.draws} connections`
}

/** `v1 80.2%, v2 19.8%`, of the connections that could be told. */
function observedText(check: Check): string {
  const last = check.tries.at(-1)
  if (last === undefined) return ''
  const classified = last.draws - last.unclassified
  const shares = last.counts.map((count) => (classified === 0 ? 0 : count / classified))
  return percentsText(percentsOf(check.names, shares))
}

/** What a pass proved, and with what chance of being wrong. */
export function passText(checks: readonly Check[], confidencePercent: number): string {
  const proven = checks
    .map((check) => percentsText(percentsOf(check.names, check.target)))
    .join('; then ')
  const last = checks.at(-1)
  const draws = last?.tries.at(-1)?.draws ?? 0
  return `proven: ${proven}. The last by ${draws} connections (${last ? observedText(last) : ''}), at ${confidencePercent}% confidence`
}

function slow(check: Check): string {
  const last = check.tries.at(-1)
  if (last === undefined) return ''
  const own =
    last.clientLimits > 0
      ? `; ${last.clientLimits} connections could not be opened by this machine itself (out of files or ports)`
      : ''
  return last.unclassified > 0 ? `; ${metSummary(last.met, last.examples)}${own}` : own
}

function fail(reason: Outcome['reason'], message: string, mend: string): Ended {
  return { verdict: 'fail', reason, message, mend }
}

function inconclusive(reason: Outcome['reason'], message: string, mend: string): Ended {
  return { verdict: 'inconclusive', reason, message, mend }
}

function proxyStatus({ workloads }: Context): string {
  return `${istioctl(workloads.context)} proxy-status`
}

import { istioctl, kubectl } from '../mesh/kubectl.ts'
import type { Check, Try } from './check.ts'
import type { Context } from './context.ts'
import { metSummary } from './met-text.ts'
import { type Outcome, Stop } from './outcome.ts'
import { connectionsText, percentsOf, percentsText } from './percents.ts'
import { stopFor } from './refused.ts'
import { expressions } from './see-replies.ts'

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
export function endOfCheck(context: Context, check: Check, present: readonly number[]): Ended {
  const last = check.tries.at(-1)
  const target = percentsText(percentsOf(check.names, check.target))
  const seen = seenText(check)
  switch (check.ended) {
    case 'off-target':
      return fail(
        'off-target',
        `the split is not ${target}: observed ${seen}${togetherText(check)}`,
        offTargetMend(context, check, present),
      )
    case 'not-propagated':
      return fail(
        'not-propagated',
        `the gateway still splits as before the write ${context.options.propagationTimeoutMs / 1000} s after it, not ${target}: observed ${seen}${togetherText(check)}`,
        `Look whether istiod is up and the gateway in sync:\n  ${proxyStatus(context)}`,
      )
    case 'no-reply':
      return fail(
        'no-reply',
        `more than 1 in 100 connections go without a known reply while ${target} is asked for`,
        noReplyMend(context, last),
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
        `the connections that were allowed do not tell whether the split is ${target}: observed ${seen}`,
        limitMend(check),
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
    return `none of ${connectionsText(last.draws)} with a known reply`
  return `${observedText(check)} of ${connectionsText(last.draws)}`
}

/** `v1 80.2%, v2 19.8%`, of the connections of the last try that could be told. */
function observedText(check: Check): string {
  const last = check.tries.at(-1)
  return last === undefined ? '' : sharesText(check.names, [last])
}

function sharesText(names: readonly string[], tries: readonly Try[]): string {
  const counts = names.map((_, index) => sum(tries.map((one) => one.counts[index] ?? 0)))
  const classified = sum(counts)
  const shares = counts.map((count) => (classified === 0 ? 0 : count / classified))
  return percentsText(percentsOf(names, shares))
}

/** From so many on the connections of one try show a split well enough. */
const ENOUGH_TO_SHOW = 100

/** What a few connections decided is sure, but shows little of the split: the tries before it show more. */
export function togetherText({ names, tries }: Check): string {
  const last = tries.at(-1)
  if (last === undefined || last.draws >= ENOUGH_TO_SHOW) return ''
  // Between the first ones and the last ones some may be left out.
  const row = tries.filter((one, index) => last.number - one.number === tries.length - 1 - index)
  if (row.length < 2) return ''
  const draws = sum(row.map((one) => one.draws))
  return `; the last ${row.length} tries together: ${sharesText(names, row)} of ${connectionsText(draws)}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

/** Where the object does not say what was asked for, the gateway is not to blame. */
function offTargetMend(context: Context, check: Check, present: readonly number[]): string {
  const asked = (share: number, index: number) =>
    Math.abs(share - (check.target[index] ?? 0)) < 1e-9
  if (context.options.mode === 'verify' && !present.every(asked)) {
    const says = percentsText(percentsOf(check.names, present))
    return `The VirtualService itself says ${says}: shift to the weights that are wanted, or wait for the controller that rolls them out. To prove what it says, give weights: current without manifest.`
  }
  return `Look for another route that takes part of the connections, for a replica of the gateway with old configuration, and for a proxy in between that keeps connections:\n  ${kubectl(context.api.context)} get virtualservices --all-namespaces\n  ${proxyStatus(context)}`
}

/** What `auto` would allow is worth a word only where that is more. */
export function limitMend({ limit, plan, tries }: Check): string {
  const auto = limit < plan.p999 ? ` (auto allows ${plan.p999} here)` : ''
  return `Give more connections than ${tries.at(-1)?.draws ?? limit}${auto}, or a wider tolerance.`
}

/** Replies that came and were not known are a matter of `expect`; those that did not come, of the Pods. */
function noReplyMend({ options, workloads }: Context, last: Try | undefined): string {
  const met = last?.met ?? {}
  const came = sum(
    [met['unknown reply'], met['ambiguous reply'], met['slow expression']].map(
      (count) => count ?? 0,
    ),
  )
  if (last !== undefined && came * 2 > last.unclassified)
    return `Correct expect, of which exactly one expression has to match each reply; it has ${expressions(options.expect)}.`
  return `Look at the Pods of the destination that does not answer:\n  ${kubectl(workloads.context, options.namespace)} get pods --output wide`
}

/** What a pass proved, and with what chance of being wrong. */
export function passText(checks: readonly Check[], confidencePercent: number): string {
  const proven = checks
    .map((check) => percentsText(percentsOf(check.names, check.target)))
    .join('; then ')
  const last = checks.at(-1)
  const draws = last?.tries.at(-1)?.draws ?? 0
  return `proven: ${proven}. The last by ${connectionsText(draws)} (${last ? observedText(last) : ''}), at ${confidencePercent}% confidence`
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

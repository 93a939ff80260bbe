import type { OwnReplyCause } from '../../evidence/probe/http/own-reply-cause.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { quoted, quotedReply } from '../../problem/quoted.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import { mostlyOwn, note, nothingLost } from '../check/observed-replies.ts'
import type { Attempt, Lost } from '../model/check.ts'
import { countText, percentText } from '../model/percents.ts'
import type { SampleUnit } from '../model/sample-unit.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import { connectionsOf } from './preflight-sampling.ts'

type Outcomes = Attempt['outcomes']

/** What each kind of unclassified sample is called where people read it. */
const WORDS: Readonly<Record<keyof Outcomes, string>> = {
  closed: 'closed without a reply',
  reset: 'reset',
  refused: 'refused',
  'connect timeout': 'not established within probe-timeout',
  timeout: 'without a complete reply within probe-timeout',
  tls: 'without a TLS connection',
  failed: 'failed',
  'unknown reply': 'with a reply that no expression matches',
  'gateway reply': 'answered by the gateway itself',
  'truncated reply': 'with a reply that no expression matches in its first 64 KiB',
  'ambiguous reply': 'with a reply that several expressions match',
  'slow expression': 'with a reply that takes too much work to match',
}

/** A request is neither established nor reset; its connection is. */
const OF_REQUESTS: typeof WORDS = {
  ...WORDS,
  closed: 'without a reply, because the connection was closed',
  reset: 'with a connection that was reset',
  refused: 'with a connection that was refused',
  'connect timeout': 'without a connection within probe-timeout',
}

/** `7 refused, 3 with a reply that no expression matches (for example "three hello")`. */
export function outcomesSummary({ outcomes, examples }: Lost, unit: SampleUnit): string {
  const words = unit === 'request' ? OF_REQUESTS : WORDS
  const kinds = Object.keys(words) as (keyof Outcomes)[]
  return kinds
    .filter((kind) => (outcomes[kind] ?? 0) > 0)
    .map((kind) => `${countText(outcomes[kind] ?? 0)} ${words[kind]}${exampleText(kind, examples)}`)
    .join(', ')
}

/** What one kind is called where all samples ended so. */
const ALL: Readonly<Partial<Record<keyof Outcomes, string>>> = {
  closed: 'were closed without a reply',
  reset: 'were reset',
  refused: 'were refused',
  'connect timeout': 'were not established within probe-timeout',
  timeout: 'got no complete reply within probe-timeout',
  tls: 'failed in the TLS handshake',
  failed: 'failed',
  'unknown reply': 'got a reply that no expression matches',
  'gateway reply': 'were answered by the gateway itself',
  'truncated reply': 'got a reply that no expression matches in its first 64 KiB',
}

const ALL_REQUESTS: typeof ALL = {
  ...ALL,
  closed: 'got no reply, because the connection was closed',
  reset: 'got no reply, because the connection was reset',
  refused: 'failed, because the connection was refused',
  'connect timeout': 'failed, because no connection was established within probe-timeout',
}

/** `All 10 connections to 192.0.2.1:31400 were refused.` of samples none of which got a recognized reply. */
export function noneText(samples: readonly ProbeSample[], to: string, unit: SampleUnit): string {
  const lost = lostIn(samples)
  const [kind, ...others] = Object.keys(lost.outcomes) as (keyof Outcomes)[]
  const words = unit === 'request' ? ALL_REQUESTS : ALL
  const all = kind && lost.outcomes[kind] === samples.length ? words[kind] : undefined
  if (kind === undefined || others.length > 0 || all === undefined)
    return `None of ${samples.length} ${unit}s to ${to} got a recognized reply: ${outcomesText(samples, unit)}.`
  return `All ${samples.length} ${unit}s to ${to} ${all}${exampleText(kind, lost.examples)}.`
}

/** The words of a system or a client say why, so they are not cut as a reply is. */
const IN_WORDS: readonly (keyof Outcomes)[] = ['connect timeout', 'tls', 'failed']

function exampleText(kind: keyof Outcomes, examples: Lost['examples']): string {
  const example = examples[kind]
  if (!example) return ''
  return ` (for example ${IN_WORDS.includes(kind) ? quoted(example) : quotedReply(example)})`
}

function lostIn(samples: readonly ProbeSample[]): Lost {
  const lost = nothingLost()
  for (const { classified } of samples)
    if (classified.kind === 'unclassified') note(lost, classified)
  return lost
}

/** `8 with "401 Jwt is missing"`, of errors before the first write of a run with stamps. */
function repliedErrors(samples: readonly ProbeSample[]): string {
  const counts = new Map<string, number>()
  for (const { classified } of samples)
    if (classified.kind === 'previous' && classified.error)
      counts.set(classified.detail, (counts.get(classified.detail) ?? 0) + 1)
  const texts = [...counts].map(([detail, n]) => `${countText(n)} with ${quotedReply(detail)}`)
  return texts.join(', ')
}

/** Why the gateway answered more than half of the samples without a success itself; undefined where it did not. */
export function ownReplyIn(samples: readonly ProbeSample[]): OwnReplyCause | undefined {
  const lost = lostIn(samples)
  for (const { classified } of samples)
    if (classified.kind === 'previous' && classified.error)
      note(lost, { why: 'gateway reply', ...classified })
  return mostlyOwn(lost)
}

/** What the samples without a recognized reply met, and how many this machine could not open. */
export function outcomesText(samples: readonly ProbeSample[], unit: SampleUnit): string {
  const clientLimits = samples.filter(({ classified }) => classified.kind === 'client-limit').length
  const own =
    clientLimits > 0 ? [`${clientLimits} not opened by this machine (out of files or ports)`] : []
  return [repliedErrors(samples), outcomesSummary(lostIn(samples), unit), ...own]
    .filter((part) => part !== '')
    .join(', ')
}

/** `Without a recognized reply: 12 refused.` */
export function lostText(samples: readonly ProbeSample[], unit: SampleUnit): string {
  return `Without a recognized reply: ${outcomesText(samples, unit)}.`
}

/** `v2 has 20% and answered 8 of 9 connections`. */
export function answered(
  name: string,
  { edit, unit }: Pick<ShiftPlan, 'edit' | 'unit'>,
  replyCounts: ReplyCounts,
): string {
  const index = edit.names.indexOf(name)
  const count = replyCounts.counts[index] ?? 0
  return `${name} has ${percentText(edit.presentShares[index] ?? 0)} and answered ${count === 0 ? 'none' : count} of ${connectionsOf(replyCounts)} ${unit}s`
}

/** In how many runs something happens once: `10,000`, and no more than a billion. */
export function rarity(chance: number): string {
  const runs = Math.min(1e9, Math.floor(1 / chance))
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(runs)) - 1)
  const rounded = Math.floor(runs / digits) * digits
  return `${chance < 1e-9 ? 'more than ' : ''}${countText(rounded)}`
}

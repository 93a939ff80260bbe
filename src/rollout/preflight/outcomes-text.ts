import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { note, nothingLost } from '../check/observed-replies.ts'
import type { Attempt, Lost } from '../model/check.ts'
import { countText } from '../model/percents.ts'

/** How each kind of unclassified connection is called where people read it. */
const WORDS: Readonly<Record<keyof Attempt['outcomes'], string>> = {
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

/** `7 refused, 3 with a reply that no expression matches (for example "three hello")`. */
export function outcomesSummary({ outcomes, examples }: Lost): string {
  const kinds = Object.keys(WORDS) as (keyof Attempt['outcomes'])[]
  return kinds
    .filter((kind) => (outcomes[kind] ?? 0) > 0)
    .map((kind) => `${countText(outcomes[kind] ?? 0)} ${WORDS[kind]}${exampleText(examples[kind])}`)
    .join(', ')
}

/** How one kind is called of connections that all ended so. */
const ALL: Readonly<Partial<Record<keyof Attempt['outcomes'], string>>> = {
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

/** `All 10 connections to 192.0.2.1:31400 were refused.` of connections none of which got a recognized reply. */
export function noneText(samples: readonly ProbeSample[], to: string): string {
  const lost = lostIn(samples)
  const [kind, ...others] = Object.keys(lost.outcomes) as (keyof Attempt['outcomes'])[]
  const all = kind && lost.outcomes[kind] === samples.length ? ALL[kind] : undefined
  if (kind === undefined || others.length > 0 || all === undefined)
    return `None of ${samples.length} connections to ${to} got a recognized reply: ${outcomesText(samples)}.`
  return `All ${samples.length} connections to ${to} ${all}${exampleText(lost.examples[kind])}.`
}

function exampleText(example: string | undefined): string {
  return example ? ` (for example ${JSON.stringify(example)})` : ''
}

function lostIn(samples: readonly ProbeSample[]): Lost {
  const lost = nothingLost()
  for (const { classified } of samples)
    if (classified.kind === 'unclassified') note(lost, classified)
  return lost
}

/** What the connections without a recognized reply met, and how many this machine could not open. */
export function outcomesText(samples: readonly ProbeSample[]): string {
  const clientLimits = samples.filter(({ classified }) => classified.kind === 'client-limit').length
  const own =
    clientLimits > 0 ? [`${clientLimits} not opened by this machine (out of files or ports)`] : []
  return [outcomesSummary(lostIn(samples)), ...own].filter((part) => part !== '').join(', ')
}

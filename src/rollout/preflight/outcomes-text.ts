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
  failed: 'failed',
  'unknown reply': 'with a reply that no expression matches',
  'truncated reply': 'with a reply that no expression matches in its first 64 KiB',
  'ambiguous reply': 'with a reply that several expressions match',
  'slow expression': 'with a reply that costs an expression too much work',
}

/** `7 refused, 3 with a reply that no expression matches (such as "three hello")`. */
export function outcomesSummary({ outcomes, examples }: Lost): string {
  const kinds = Object.keys(WORDS) as (keyof Attempt['outcomes'])[]
  return kinds
    .filter((kind) => (outcomes[kind] ?? 0) > 0)
    .map((kind) => {
      const example = examples[kind]
      return `${countText(outcomes[kind] ?? 0)} ${WORDS[kind]}${example ? ` (such as ${JSON.stringify(example)})` : ''}`
    })
    .join(', ')
}

export function outcomesText(samples: readonly ProbeSample[]): string {
  const lost = nothingLost()
  let clientLimits = 0
  for (const { classified } of samples) {
    if (classified.kind === 'client-limit') clientLimits += 1
    if (classified.kind === 'unclassified') note(lost, classified)
  }
  const own =
    clientLimits > 0
      ? [`${clientLimits} not opened by this machine itself (out of files or ports)`]
      : []
  return [outcomesSummary(lost), ...own].filter((part) => part !== '').join(', ')
}

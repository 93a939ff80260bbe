import type { Draw } from '../probe/prober.ts'
import type { Try } from './check.ts'

/** How each kind of unclassified connection is called where people read it. */
const WORDS: Readonly<Record<keyof Try['met'], string>> = {
  closed: 'closed without a reply',
  reset: 'reset',
  refused: 'refused',
  timeout: 'timed out',
  failed: 'failed',
  'unknown reply': 'with a reply that no expression matches',
  'ambiguous reply': 'with a reply that several expressions match',
  'slow expression': 'with a reply that costs an expression too much work',
}

/** `7 refused, 3 with a reply that no expression matches (such as "three hello")`. */
export function metSummary(met: Try['met'], examples: Try['examples']): string {
  const kinds = Object.keys(WORDS) as (keyof Try['met'])[]
  return kinds
    .filter((kind) => (met[kind] ?? 0) > 0)
    .map((kind) => {
      const example = examples[kind]
      return `${met[kind]} ${WORDS[kind]}${example ? ` (such as ${JSON.stringify(example)})` : ''}`
    })
    .join(', ')
}

export function metText(draws: readonly Draw[]): string {
  const met: Try['met'] = {}
  const examples: Try['examples'] = {}
  let clientLimits = 0
  for (const { classified } of draws) {
    if (classified.kind === 'client-limit') clientLimits += 1
    if (classified.kind !== 'unclassified') continue
    met[classified.why] = (met[classified.why] ?? 0) + 1
    examples[classified.why] ??= classified.detail
  }
  const own =
    clientLimits > 0
      ? [`${clientLimits} not opened by this machine itself (out of files or ports)`]
      : []
  return [metSummary(met, examples), ...own].filter((part) => part !== '').join(', ')
}

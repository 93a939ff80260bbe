import type { Check } from '../../rollout/model/check.ts'
import { connectionsText } from '../../rollout/model/percents.ts'
import { observedPercents, percent } from '../figures.ts'
import { plainText } from '../plain-text.ts'

/** Mermaid draws more and longer ones, but nobody reads it. */
const MOST_DESTINATIONS = 12
const LONGEST_NAME = 60

/**
 * The split of the last check as a picture in Mermaid, which GitHub draws: a thick arrow where the
 * observed share lies within the band, a dotted one where it does not. Empty before any connection,
 * and where there is more to draw than can be read: the table has it all.
 */
export function splitPicture(check: Check): string {
  const observed = observedPercents(check)
  const last = check.attempts.at(-1)
  if (observed === undefined || last === undefined || !isReadable(check.names)) return ''
  const arrows = check.names.map((name, index) => {
    const share = observed[name] ?? 0
    const target = percent(check.target[index] ?? 0)
    const tolerance = percent(check.tolerance[index] ?? 0)
    const arrow = Math.abs(share - target) <= tolerance ? '==>' : '-.->'
    const words = `${share}%, asked ${target} ± ${tolerance}`
    return `  gateway ${arrow}|${label(words)}| d${index}[${label(name)}]`
  })
  const lost =
    last.unclassified > 0
      ? [
          `  gateway -.->|${label(connectionsText(last.unclassified))}| lost[${label('no known reply')}]`,
        ]
      : []
  const root = `  gateway([${label(`gateway, ${connectionsText(last.samples)}`)}])`
  return ['```mermaid', 'flowchart LR', root, ...arrows, ...lost, '```'].join('\n')
}

function isReadable(names: readonly string[]): boolean {
  return names.length <= MOST_DESTINATIONS && names.every((name) => name.length <= LONGEST_NAME)
}

/** A quoted text of Mermaid. */
function label(text: string): string {
  return `"${mermaidText(text)}"`
}

/**
 * Text for a label of Mermaid: everything but letters, digits and blanks is a code of Mermaid's own
 * (`#35;`), so that nothing is markup to it, to Markdown or to HTML.
 */
export function mermaidText(text: string): string {
  return plainText(text)
    .replace(/\s+/g, ' ')
    .replace(/[^\p{L}\p{N} ]/gu, (character) => `#${character.codePointAt(0)};`)
}

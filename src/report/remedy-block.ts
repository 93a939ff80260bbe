import { escaped, fenced } from './plain-text.ts'
import { remedyParts } from './remedy-parts.ts'
import { LONGEST_REMEDY, shortened } from './shortened.ts'

/** An advice in Markdown: words as words, and what is to be pasted as blocks of their own. */
export function remedyBlock(remedy: string): string {
  return remedyParts(shortened(remedy, LONGEST_REMEDY))
    .map(({ kind, text }) =>
      kind === 'lines' ? fenced(text) : text.split('\n').map(escaped).join('\n\n'),
    )
    .join('\n\n')
}

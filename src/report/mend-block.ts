import { mendParts } from './mend.ts'
import { escaped, fenced } from './plain-text.ts'
import { LONGEST_MEND, shortened } from './shortened.ts'

/** An advice in Markdown: words as words, and what is to be pasted as blocks of their own. */
export function mendBlock(mend: string): string {
  return mendParts(shortened(mend, LONGEST_MEND))
    .map(({ kind, text }) =>
      kind === 'lines' ? fenced(text) : text.split('\n').map(escaped).join('\n\n'),
    )
    .join('\n\n')
}

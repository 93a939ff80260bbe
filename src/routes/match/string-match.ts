import type { Answer } from './answer.ts'
import { matchesWhole } from './whole-value.ts'

/** A condition on a text. */
export type StringMatch = { kind: 'exact' | 'prefix' | 'regex'; text: string } | { kind: 'present' }

/** Whether a value that is there matches. */
export function matchesValue(match: StringMatch, value: string): Answer {
  switch (match.kind) {
    case 'present':
      return true
    case 'exact':
      return value === match.text
    case 'prefix':
      return value.startsWith(match.text)
    case 'regex':
      return matchesWhole(match.text, value)
  }
}

import type { InputProblem } from './input-problem.ts'
import type { RawOptions } from './reader.ts'
import { namesOf, OPTIONS } from './table.ts'
import type { Mode } from './values.ts'

/** The modes that act on the journal. They need only the object. */
const JOURNAL_MODES: readonly Mode[] = ['rollback', 'status']

/** Whether a mode acts on the journal only, and takes no weights and no samples. */
export function isJournalMode(mode: Mode): boolean {
  return JOURNAL_MODES.includes(mode)
}

/**
 * A problem for each input that has no meaning in the mode, and the other inputs. The runner passes every default as if
 * it were given, so a default counts as not given.
 */
export function withoutUnsuited(
  raw: RawOptions,
  mode: Mode,
): { raw: RawOptions; problems: InputProblem[] } {
  // A plan is of a shift, and has all of its inputs.
  const asked = mode === 'plan' ? 'shift' : mode
  const unsuited = OPTIONS.filter(({ modes }) => !modes.includes(asked))
  const names = new Set(unsuited.flatMap(namesOf))
  const given = unsuited.flatMap((option) =>
    namesOf(option).filter((name) => {
      const text = raw(name)?.trim()
      return text !== undefined && text !== '' && text !== option.default
    }),
  )
  return {
    raw: (name) => (names.has(name) ? undefined : raw(name)),
    problems: given.map((name) => ({
      input: name,
      code: 'ITS-INPUTS-CONFLICT',
      what: () => `${name} cannot be combined with mode: ${mode}.`,
      remedy: '',
    })),
  }
}

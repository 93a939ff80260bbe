import type { Mode } from './options.ts'
import type { InputProblem } from './problem.ts'
import type { RawOptions } from './reader.ts'
import { OPTIONS, type Option } from './table.ts'

/** The modes that need no more than the object: they act on its journal. */
const JOURNAL_MODES: readonly Mode[] = ['rollback', 'status']

/** Whether a mode acts on the journal alone, and takes no weights and no samples. */
export function isJournalMode(mode: Mode): boolean {
  return JOURNAL_MODES.includes(mode)
}

/**
 * In a mode that acts on the journal: a problem for each input that has no meaning in it, and the
 * others to be read. The runner hands over every default as if it were given, so a default is none.
 */
export function withoutUnsuited(
  raw: RawOptions,
  mode: Mode,
): { raw: RawOptions; problems: InputProblem[] } {
  if (!isJournalMode(mode)) return { raw, problems: [] }
  const options: readonly Option[] = OPTIONS
  const unsuited = options.filter(({ modes }) => !modes.includes(mode))
  const names = new Set(unsuited.map(({ name }) => name))
  const given = unsuited.filter((option) => {
    const text = raw(option.name)?.trim()
    return text !== undefined && text !== '' && text !== option.default
  })
  return {
    raw: (name) => (names.has(name) ? undefined : raw(name)),
    problems: given.map(({ name }) => ({
      input: name,
      got: undefined,
      wants: `nothing: it cannot be combined with mode: ${mode}`,
    })),
  }
}

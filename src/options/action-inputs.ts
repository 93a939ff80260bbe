import { nearest, suggestion } from '../problem/suggestion.ts'
import type { InputProblem } from './input-problem.ts'
import { inputVariable } from './inputs-of-step.ts'
import { namesOf, OPTIONS } from './table.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * A problem for each input of the step that does not exist but is spelled like one that does: the run would use the
 * default instead. The runner warns about the others, since the job's own variables may begin with INPUT_ too.
 */
export function unknownInputs(environment: Environment): InputProblem[] {
  const names = OPTIONS.flatMap(namesOf)
  const known = new Set(names.map(inputVariable))
  return Object.entries(environment).flatMap(([variable, text]): InputProblem[] => {
    const isInput = variable.startsWith('INPUT_') && text !== undefined && text.trim() !== ''
    if (!isInput || known.has(variable)) return []
    const input = variable.slice('INPUT_'.length).toLowerCase()
    const meant = nearest(input, names).filter((name) => isMisspelled(input, name))
    if (meant.length === 0) return []
    const what = () => `There is no input ${input}.${suggestion(meant)}`
    return [{ input, code: 'ITS-INPUT-UNKNOWN', what, remedy: '' }]
  })
}

/** A short name that is one letter away may well be another word: node for mode, date for rate. */
function isMisspelled(input: string, name: string): boolean {
  const letters = (text: string) => [...text].sort().join('')
  return input.length > 4 || letters(input) === letters(name)
}

import type { Code } from '../problem/codes.ts'
import type { InputProblem } from './input-problem.ts'
import type { Given, Option } from './option.ts'

/** The text given for an option; undefined where it was not given. */
export type RawOptions = (name: string) => string | undefined

/** Reads one option after the other, and collects what is wrong with them. */
export type Reader = ReturnType<typeof startReading>

/** Begins to read the texts of options. */
export function startReading(raw: RawOptions) {
  const problems: InputProblem[] = []

  function refuse(input: string, code: Code, what: InputProblem['what'], remedy = ''): undefined {
    problems.push({ input, code, what, remedy })
  }

  function givenOf(name: string, text: string): Given {
    return {
      name,
      text,
      refuse: (...problem) => refuse(name, ...problem),
      mustBe: (requirement, code = 'ITS-INPUT-INVALID') =>
        refuse(name, code, (shown) => `${name} must be ${requirement}, not ${shown(text)}.`),
      part: (key, partText) => givenOf(`${name}.${key}`, partText),
    }
  }

  /** The text of an option as it was given, under its name or its other name. */
  function texts(option: Option): { text: string | undefined; other: string | undefined } {
    const own = present(option, raw(option.name))
    const other = option.alias === undefined ? undefined : present(option, raw(option.alias))
    return { text: own ?? other, other }
  }

  /** Trimmed; undefined where nothing, or nothing but blanks, was given, unless an empty text has a meaning. */
  function given(option: Option): string | undefined {
    return texts(option).text
  }

  /** Whether an option was given. A runner passes each default as if it were given, so a default is not. */
  function isSet(option: Option): boolean {
    const text = given(option)
    return text !== undefined && text !== option.default
  }

  /** Notes where both names of an option were given, with different texts. */
  function sameUnderBothNames(option: Option): boolean {
    const { text, other } = texts(option)
    if (other === undefined || other === text) return true
    const { name, alias } = option
    refuse(name, 'ITS-INPUTS-CONFLICT', (shown) =>
      [
        `${name} and ${alias} are two names of one input`,
        `but have different values: ${shown(text ?? '')} and ${shown(other)}. Use one of them.`,
      ].join(', '),
    )
    return false
  }

  /** The value of an option; undefined where it was not given, or was refused. */
  function optional<T>(option: Option<T>): T | undefined {
    const text = given(option)
    if (text === undefined || !sameUnderBothNames(option)) return undefined
    return option.parse(givenOf(option.name, text))
  }

  /** The value of an option, or that of its default. Where the text is refused, the default keeps the types sound. */
  function withDefault<T>(option: Option<T>): T {
    const text = option.default
    if (text === undefined) throw new Error(`option ${option.name} has no default`)
    const value = optional(option) ?? option.parse(givenOf(option.name, text))
    if (value === undefined) throw new Error(`the default of option ${option.name} is refused`)
    return value
  }

  /** The value of an option without which there is no run. */
  function required<T>(option: Option<T>): T | undefined {
    if (given(option) === undefined) missing(option)
    return optional(option)
  }

  function missing({ name }: Option, remedy = ''): void {
    refuse(name, 'ITS-INPUT-REQUIRED', () => `${name} is required.${remedy && ` ${remedy}`}`)
  }

  return { problems, given, isSet, givenOf, optional, withDefault, required, missing, refuse }
}

function present(option: Option, text: string | undefined): string | undefined {
  if (option.emptyCounts) return text
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}

import { didYouMean, nearest } from '../problem/did-you-mean.ts'
import { parseDurationMs } from './parse/duration.ts'
import type { InputProblem } from './problem.ts'
import { OPTIONS, type Option } from './table.ts'

/** The text given for an option; undefined where it was not given. */
export type RawOptions = (name: string) => string | undefined

/** Reads one option after the other, and collects what is wrong with them. */
export type Reader = ReturnType<typeof startReading>

/** Begins to read the texts of options. */
export function startReading(raw: RawOptions) {
  const problems: InputProblem[] = []

  /** What was given, trimmed; undefined where nothing, or nothing but blanks, was. */
  function given(name: string): string | undefined {
    const text = raw(name)?.trim()
    return text === '' ? undefined : text
  }

  function wrong(input: string, got: string | undefined, wants: string): void {
    problems.push({ input, got, wants })
  }

  function givenOrDefault(name: string): string {
    return given(name) ?? defaultOf(name)
  }

  function oneOf<T extends string>(name: string, words: readonly [T, ...T[]]): T {
    const text = givenOrDefault(name)
    const word = words.find((candidate) => candidate === text)
    if (word === undefined)
      wrong(name, text, `one of ${words.join(', ')}${didYouMean(nearest(text, words))}`)
    return word ?? words[0]
  }

  function number(name: string, fits: (n: number) => boolean, wants: string): number | undefined {
    const text = given(name)
    if (text === undefined) return undefined
    const n = parseNumber(text)
    if (fits(n)) return n
    wrong(name, text, wants)
    return undefined
  }

  function duration(name: string): number {
    const text = givenOrDefault(name)
    const ms = parseDurationMs(text)
    if (ms === undefined) wrong(name, text, 'a duration such as 250ms, 5s, 2m or 1h, at most 596h')
    return ms ?? 0
  }

  function positiveDuration(name: string): number {
    const before = problems.length
    const ms = duration(name)
    if (ms === 0 && problems.length === before) wrong(name, given(name), 'a duration longer than 0')
    return ms
  }

  function name(option: string, fits: (text: string) => boolean, wants: string): string {
    const text = given(option)
    if (text === undefined || !fits(text)) wrong(option, text, wants)
    return text ?? ''
  }

  return {
    raw,
    problems,
    given,
    givenOrDefault,
    wrong,
    oneOf,
    number,
    duration,
    positiveDuration,
    name,
  }
}

/** A number; not one (NaN) where the text is none as people write it: hexadecimal and exponents are not meant. */
export function parseNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN
}

/** The default of an option that has one. */
export function defaultOf(name: string): string {
  const options: readonly Option[] = OPTIONS
  const text = options.find((option) => option.name === name)?.default
  if (text === undefined) throw new Error(`option ${name} has no default`)
  return text
}

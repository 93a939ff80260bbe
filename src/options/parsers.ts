import { nearest, suggestion } from '../problem/suggestion.ts'
import type { Given, Parse } from './option.ts'
import { parseDurationMs } from './parse/duration.ts'
import { parseNumber } from './parse/number.ts'
import { BOOLEAN, DURATION as DURATION_SHAPE, type NumberShape, type Shape } from './shape.ts'

/** Any text. */
export function anyText({ text }: Given): string {
  return text
}

/** A parser, with the shape of what it accepts. */
function shaped<T>(parse: Parse<T>, shape: Shape): Parse<T> {
  return Object.assign(parse, { shape })
}

/** One word of several. */
export function oneOf<T extends string>(...words: readonly T[]): Parse<T> {
  const parse = ({ name, text, refuse }: Given): T | undefined => {
    const word = words.find((candidate) => candidate === text)
    if (word !== undefined) return word
    const meant = suggestion(nearest(text, words))
    return refuse(
      'ITS-INPUT-INVALID',
      (shown) => `${name} must be ${alternatives(words)}, not ${shown(text)}.${meant}`,
    )
  }
  return shaped(parse, { words })
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  false: false,
  off: false,
  no: false,
}

/** `true` or `false`, as YAML writes them too, or one of some other words. */
export function booleanOr<T extends string = never>(...words: readonly T[]): Parse<boolean | T> {
  const parse = (given: Given): boolean | T | undefined => {
    const word = words.find((candidate) => candidate === given.text)
    const value = word ?? BOOLEANS[given.text.toLowerCase()]
    if (value === undefined) oneOf<string>(...words, 'true', 'false')(given)
    return value
  }
  return shaped(parse, words.length === 0 ? BOOLEAN : { ...BOOLEAN, words })
}

/** A number within bounds; `requirement` completes "must be ...". */
export function numberIn(bounds: NumberShape, requirement: string): Parse<number> {
  const parse = ({ text, mustBe }: Given): number | undefined => {
    const n = parseNumber(text)
    return isIn(bounds, n) ? n : mustBe(requirement)
  }
  return shaped(parse, { number: bounds })
}

function isIn(bounds: NumberShape, n: number): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, isInteger } = bounds
  return (
    Number.isFinite(n) &&
    (minimum === undefined || n >= minimum) &&
    (maximum === undefined || n <= maximum) &&
    (exclusiveMinimum === undefined || n > exclusiveMinimum) &&
    (exclusiveMaximum === undefined || n < exclusiveMaximum) &&
    (!isInteger || Number.isInteger(n))
  )
}

const DURATION = 'a duration such as 250ms, 5s, 2m or 1h, and at most 596h'

/** Milliseconds of a duration. */
export function duration({ name, text, refuse, mustBe }: Given): number | undefined {
  const ms = parseDurationMs(text)
  if (ms !== undefined) return ms
  if (!(parseNumber(text) >= 0)) return mustBe(DURATION, 'ITS-DURATION-INVALID')
  return refuse(
    'ITS-DURATION-INVALID',
    (shown) => `${name}: ${shown(text)} has no unit. Did you mean ${text}s or ${text}m?`,
  )
}
duration.shape = DURATION_SHAPE

/** Milliseconds of a duration that is not 0. */
export function positiveDuration(given: Given): number | undefined {
  const ms = duration(given)
  return ms === 0 ? given.mustBe('longer than 0', 'ITS-DURATION-INVALID') : ms
}
positiveDuration.shape = DURATION_SHAPE

/** A text that has a form; `requirement` completes "must be ...". */
export function textThat(fits: (text: string) => boolean, requirement: string) {
  return ({ text, mustBe }: Given): string | undefined => (fits(text) ? text : mustBe(requirement))
}

/** `tcp or command`; `shift, verify or plan`. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

import { nearest, suggestion } from '../problem/suggestion.ts'
import type { Given } from './option.ts'
import { parseDurationMs } from './parse/duration.ts'
import { parseNumber } from './parse/number.ts'

/** Any text. */
export function anyText({ text }: Given): string {
  return text
}

/** One word of several. */
export function oneOf<T extends string>(...words: readonly T[]) {
  return ({ name, text, refuse }: Given): T | undefined => {
    const word = words.find((candidate) => candidate === text)
    if (word !== undefined) return word
    const meant = suggestion(nearest(text, words))
    return refuse(
      'ITS-INPUT-INVALID',
      (shown) => `${name} must be ${alternatives(words)}, not ${shown(text)}.${meant}`,
    )
  }
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
export function booleanOr<T extends string = never>(...words: readonly T[]) {
  return (given: Given): boolean | T | undefined => {
    const word = words.find((candidate) => candidate === given.text)
    const value = word ?? BOOLEANS[given.text.toLowerCase()]
    if (value === undefined) oneOf<string>(...words, 'true', 'false')(given)
    return value
  }
}

/** A number within bounds; `requirement` completes "must be ...". */
export function numberThat(fits: (n: number) => boolean, requirement: string) {
  return ({ text, mustBe }: Given): number | undefined => {
    const n = parseNumber(text)
    return fits(n) ? n : mustBe(requirement)
  }
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

/** Milliseconds of a duration that is not 0. */
export function positiveDuration(given: Given): number | undefined {
  const ms = duration(given)
  return ms === 0 ? given.mustBe('longer than 0', 'ITS-DURATION-INVALID') : ms
}

/** A text that has a form; `requirement` completes "must be ...". */
export function textThat(fits: (text: string) => boolean, requirement: string) {
  return ({ text, mustBe }: Given): string | undefined => (fits(text) ? text : mustBe(requirement))
}

/** `tcp or command`; `shift, verify or plan`. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

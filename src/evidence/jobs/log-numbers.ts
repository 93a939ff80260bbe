import { MOST_OUTCOMES, type PodResult } from './pod-event.ts'

/** Times are written as multiples of a hundredth of a millisecond, in base 36. */
const STEPS_IN_MS = 100
const BASE = 36
const NUMBER = /^[0-9a-z]{1,9}$/

export function stepsOf(ms: number): number {
  return Math.round(ms * STEPS_IN_MS)
}

export function msOf(steps: number): number {
  return steps / STEPS_IN_MS
}

export function numberText(number: number): string {
  return number.toString(BASE)
}

export function parsedNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number.parseInt(text, BASE) : undefined
}

/** The first launch is written as its distance from `emitted`, and each other one as that from the one before it. */
export function launchesText(emitted: number, launchesMs: readonly number[]): string {
  let before = emitted
  return launchesMs
    .map((ms, index) => {
      const steps = stepsOf(ms)
      const distance = index === 0 ? before - steps : steps - before
      before = steps
      return numberText(distance)
    })
    .join('.')
}

/** Undefined where launches are not in their order, or later than `emitted`. */
export function parsedLaunches(emitted: number, text: string): number[] | undefined {
  if (text === '') return []
  const launches: number[] = []
  let steps = emitted
  for (const part of text.split('.')) {
    const distance = parsedNumber(part)
    if (distance === undefined) return undefined
    steps += launches.length === 0 ? -distance : distance
    if (steps < 0 || steps > emitted) return undefined
    launches.push(msOf(steps))
  }
  return launches
}

/** The id of the outcome in capital letters, and how long the sample took: `A5kB6m`. */
export function resultsText(results: readonly PodResult[]): string {
  let text = ''
  for (const { outcome, tookMs } of results)
    text += (LETTERS[outcome] ?? '') + numberText(stepsOf(tookMs))
  return text
}

const RESULTS = /^(?:[A-Z]{1,2}[0-9a-z]{1,9})*$/
const RESULT = /([A-Z]{1,2})([0-9a-z]{1,9})/g

export function parsedResults(text: string): PodResult[] | undefined {
  if (!RESULTS.test(text)) return undefined
  const results: PodResult[] = []
  for (const [, letters = '', steps = ''] of text.matchAll(RESULT)) {
    const outcome = IDS.get(letters)
    if (outcome === undefined) return undefined
    results.push({ outcome, tookMs: msOf(Number.parseInt(steps, BASE)) })
  }
  return results
}

/** A to Z, AA to IV. */
const LETTERS: readonly string[] = Array.from({ length: MOST_OUTCOMES }, (_, id) =>
  id < 26 ? letter(id) : letter(Math.floor(id / 26) - 1) + letter(id % 26),
)
const IDS: ReadonlyMap<string, number> = new Map(LETTERS.map((letters, id) => [letters, id]))

function letter(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index)
}

import type { Expectation } from '../evidence/probe/match-replies.ts'
import { didYouMean, nearest } from '../problem/did-you-mean.ts'
import type { Options } from './options.ts'
import type { Reader } from './reader.ts'

/** What only shows when several options are seen side by side. */
export function checkTogether(reader: Reader, options: Options): void {
  const pausesMs = options.stepIntervalMs * options.steps.length
  if (pausesMs > 0 && pausesMs >= options.timeoutMs) {
    reader.wrong(
      'step-interval',
      reader.given('step-interval'),
      `pauses that fit into timeout: these sum to ${pausesMs / 1000} s, timeout is ${options.timeoutMs / 1000} s`,
    )
  }
  if (options.wanted.kind === 'weights' && options.expect.length > 0)
    checkExpectNames(reader, options.wanted.percents, options.expect)
}

function checkExpectNames(
  reader: Reader,
  percents: Readonly<Record<string, number>>,
  expect: readonly Expectation[],
): void {
  const expected = expect.map((expectation) => expectation.destination)
  const weighed = Object.keys(percents)
  // Weights that could not be read, or lack somebody's, are a problem of their own.
  if (Object.values(percents).reduce((a, b) => a + b, 0) !== 100) return
  // Both may use other forms of one name: only the rule tells whether they mean the same.
  if (expected.length === weighed.length && [...expected, ...weighed].some(isLongForm)) return
  for (const name of weighed.filter((candidate) => !expected.includes(candidate))) {
    reader.wrong('expect', undefined, `an expression for ${name} too, which weights names`)
  }
  for (const name of expected.filter((candidate) => !weighed.includes(candidate))) {
    reader.wrong(
      `expect.${name}`,
      undefined,
      `a destination that weights names (${weighed.join(', ')})${didYouMean(nearest(name, weighed))}`,
    )
  }
}

function isLongForm(name: string): boolean {
  return /[/:.[]/.test(name)
}

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type CheckTask, FAULTS } from './list.ts'

const NUMBERS = Array.from({ length: 30 }, (_, index) => index + 1)
/** Faults of the API: each is ordered of the real API server too. */
const OF_THE_API = [...NUMBERS.slice(0, 15), 22, 23, 41, 42, 43]

/** Faults of what it answers to a run that has written: likewise. */
const OF_A_RESTORE = [45, 46, 47, 48, 49, 50, 51]

const sources = new Map<string, string>()

function source(file: string): string {
  const known = sources.get(file)
  const text = known ?? readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  sources.set(file, text)
  return text
}

/** A test's lines, from the one with its title to its end; empty where there is no such test. */
function testOf({ file, title }: CheckTask): string {
  const lines = source(file).split('\n')
  const first = lines.findIndex((line) =>
    ["'", '"'].some((quote) => line.includes(`${quote}${title}${quote}`)),
  )
  if (first < 0) return ''
  const depth = (line = '') => line.search(/\S|$/)
  const own = depth(lines[first])
  const length = lines.slice(first + 1).findIndex((line) => {
    const ends = depth(line) < own || (depth(line) === own && line.trim().startsWith('})'))
    return line !== '' && ends
  })
  return lines.slice(first, first + 1 + length).join('\n')
}

const checks = Object.entries(FAULTS).flatMap(([number, { sandbox, real }]) =>
  [...new Set([...sandbox, ...real])].map((check) => [number, check.title, check] as const),
)

describe('the list of faults', () => {
  test('has the first thirty, and every fault has a test on the sandbox or on this machine', () => {
    expect(Object.keys(FAULTS).map(Number)).toEqual(expect.arrayContaining(NUMBERS))
    for (const { sandbox } of Object.values(FAULTS)) expect(sandbox).not.toEqual([])
  })

  test('has for each fault of the API a test that both the sandbox and the real API server run', () => {
    for (const [shared, numbers] of [
      ['kit/faults/api-faults.ts', OF_THE_API],
      ['kit/faults/restore-faults.ts', OF_A_RESTORE],
    ] as const)
      for (const number of numbers)
        for (const side of ['sandbox', 'real'] as const)
          expect(FAULTS[number]?.[side].map(({ file }) => file)).toContain(shared)
    for (const [all, files] of [
      [/^testApiFaults\(/m, ['test/faults/api-faults.long.ts', 'e2e/suite/api-faults.test.ts']],
      [
        /^testRestoreFaults\(/m,
        ['test/faults/restore-faults.long.ts', 'e2e/suite/api-faults.test.ts'],
      ],
    ] as const)
      for (const file of files) expect(source(file)).toMatch(all)
  })

  test.each(checks)('%s: "%s" is a test, and orders it', (_, __, check) => {
    const text = testOf(check)
    expect(text).toContain(check.orders)
    expect(text).toContain('expect(')
  })

  test('names no file in which a test is left out', () => {
    for (const text of sources.values())
      expect(text).not.toMatch(/\b(test|describe)\.(skip|todo|only|fails)\b/)
  })
})

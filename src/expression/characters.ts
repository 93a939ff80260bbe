/** UTF-16 code units, from the first to the last of each pair. Sorted, without overlaps. */
export type Ranges = readonly (readonly [number, number])[]

const LAST_UNIT = 0xffff

/** What JavaScript's `\d`, `\w` and `\s` match. Source: ECMA-262, CharacterClassEscape, WhiteSpace, LineTerminator. */
const DIGITS: Ranges = [[0x30, 0x39]]
export const WORD_CHARACTERS: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
const WHITE_SPACE: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]

/** `.` matches everything but the four line terminators. */
export const DOT = inverted([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
])

/** What `\d`, `\D`, `\w` and so on stand for, by their letter. */
export function ofEscape(letter: string): Ranges {
  const ranges = { d: DIGITS, w: WORD_CHARACTERS, s: WHITE_SPACE }
  const name = letter.toLowerCase() as keyof typeof ranges
  return name === letter ? ranges[name] : inverted(ranges[name])
}

/** Sorted, and without overlaps. */
export function merged(ranges: Ranges): Ranges {
  const all: [number, number][] = []
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const latest = all.at(-1)
    if (latest !== undefined && first <= latest[1] + 1) latest[1] = Math.max(latest[1], last)
    else all.push([first, last])
  }
  return all
}

/** The set with the other case of each of its letters of ASCII. */
export function withBothCases(ranges: Ranges): Ranges {
  const moved = (first: number, last: number, by: number): Ranges =>
    ranges.flatMap(([low, high]): Ranges => {
      const [from, to] = [Math.max(low, first), Math.min(high, last)]
      return from <= to ? [[from + by, to + by]] : []
    })
  return merged([...ranges, ...moved(0x41, 0x5a, 32), ...moved(0x61, 0x7a, -32)])
}

/** All other code units. */
export function inverted(ranges: Ranges): Ranges {
  const firsts = [0, ...ranges.map(([, last]) => last + 1)]
  const lasts = [...ranges.map(([first]) => first - 1), LAST_UNIT]
  return firsts.flatMap((first, index): Ranges => {
    const last = lasts[index] ?? LAST_UNIT
    return first <= last ? [[first, last]] : []
  })
}

/** Whether a set has the code units of a number. */
export type NumberTest = (number: number) => boolean

/**
 * Code units that no set of `sets` tells apart share a number. The map from code units to these
 * numbers, and a test for each of the sets.
 */
export function startNumbering(sets: readonly Ranges[]): {
  numberOf: Uint16Array
  testOf: (set: Ranges) => NumberTest
} {
  const margins = new Set([0])
  for (const [first, last] of sets.flat()) margins.add(first).add(last + 1)
  const firsts = [...margins].filter((margin) => margin <= LAST_UNIT).sort((a, b) => a - b)
  const numberOf = new Uint16Array(LAST_UNIT + 1)
  firsts.forEach((first, number) => {
    numberOf.fill(number, first)
  })
  const tables = new Map<string, Uint8Array>()
  const tableOf = (set: Ranges) => {
    const numbers = new Uint8Array(firsts.length)
    for (const [first, last] of set) numbers.fill(1, numberOf[first], (numberOf[last] ?? 0) + 1)
    return numbers
  }
  return {
    numberOf,
    testOf(set) {
      const [only, second] = set
      // Most sets are one letter. Tables for all of them would fill the memory.
      if (only !== undefined && second === undefined) {
        const [first = 0, last = 0] = only.map((unit) => numberOf[unit])
        return (number) => first <= number && number <= last
      }
      const key = set.join()
      const table = tables.get(key) ?? tableOf(set)
      tables.set(key, table)
      return (number) => table[number] === 1
    },
  }
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OPTIONS } from '../../src/options/table.ts'
import { nearest, suggestion } from '../../src/problem/suggestion.ts'

const NAMES = OPTIONS.map((option) => option.name)

describe('the nearest known words', () => {
  test.each([
    ['weigth', ['weight']],
    ['wieghts', ['weights']],
    ['tolerence', ['tolerance']],
    ['on-failiure', ['on-failure']],
    ['virtual_service', ['virtual-service']],
    ['Mode', ['mode']],
    ['mdoe', ['mode']],
    ['conection', ['connections']],
  ])('to %s are %j', (word, meant) => {
    expect(nearest(word, NAMES)).toEqual(meant)
  })

  test.each(['', 'x', 'fetch-depth', 'working-directory'])('to %j are none', (word) => {
    expect(nearest(word, NAMES)).toEqual([])
  })

  test('are all of those that are equally near, in their order', () => {
    expect(nearest('weigh2', ['weight', 'other', 'weighs'])).toEqual(['weight', 'weighs'])
  })

  test('are none where nothing is known', () => {
    expect(nearest('v1', [])).toEqual([])
  })

  test('to a word of two letters are none that has another letter: v3 is no slip for v1', () => {
    expect(nearest('v3', ['v1', 'v2'])).toEqual([])
    expect(nearest('V2', ['v1', 'v2'])).toEqual(['v2'])
  })

  test('hold the word itself, and the word from which one letter was dropped or swapped away', () => {
    const word = fc.constantFrom(...NAMES.filter((name) => name.length > 4))
    fc.assert(
      fc.property(word, fc.nat(), (name, seed) => {
        const at = seed % (name.length - 1)
        const dropped = name.slice(0, at) + name.slice(at + 1)
        const swapped = `${name.slice(0, at)}${name[at + 1]}${name[at]}${name.slice(at + 2)}`
        expect(nearest(name, NAMES)).toEqual([name])
        expect(nearest(dropped, NAMES)).toContain(name)
        expect(nearest(swapped, NAMES)).toContain(name)
      }),
    )
  })
})

test('the question names every word, and is not asked without one', () => {
  expect(suggestion(['v1', 'v2'])).toBe(' Did you mean v1 or v2?')
  expect(suggestion([])).toBe('')
})

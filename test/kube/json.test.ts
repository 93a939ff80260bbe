import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  at,
  isDeeperThan,
  type Json,
  labelsAt,
  numberAt,
  objectsAt,
  sameJson,
  textAt,
  textsAt,
} from '../../src/kube/json.ts'

const DOCUMENT: Json = {
  text: 'a',
  number: 0,
  empty: null,
  list: [{ name: 'x' }, 'y', 3, null, [1]],
  labels: { app: 'tcp-echo', version: 1 },
}

describe('a value below a document', () => {
  test('is found by names and indexes', () => {
    expect(at(DOCUMENT, 'list', 0, 'name')).toBe('x')
    expect(at(DOCUMENT, 'empty')).toBeNull()
    expect(at(DOCUMENT)).toBe(DOCUMENT)
  })

  test('is undefined if a step is missing', () => {
    expect(at(DOCUMENT, 'list', 'name')).toBeUndefined()
    expect(at(DOCUMENT, 'list', 9, 'name')).toBeUndefined()
    expect(at(DOCUMENT, 'text', 'length')).toBeUndefined()
    expect(at(DOCUMENT, 'empty', 'x')).toBeUndefined()
    expect(at(undefined, 'x')).toBeUndefined()
  })

  test('is never a property that every object inherits', () => {
    expect(at(DOCUMENT, 'constructor')).toBeUndefined()
    expect(at(DOCUMENT, 'labels', 'toString')).toBeUndefined()
  })

  test('is returned only as its own type', () => {
    expect(textAt(DOCUMENT, 'text')).toBe('a')
    expect(textAt(DOCUMENT, 'number')).toBeUndefined()
    expect(numberAt(DOCUMENT, 'number')).toBe(0)
    expect(numberAt(DOCUMENT, 'text')).toBeUndefined()
    expect(objectsAt(DOCUMENT, 'list')).toEqual([{ name: 'x' }])
    expect(textsAt(DOCUMENT, 'list')).toEqual(['y'])
    expect(objectsAt(DOCUMENT, 'labels')).toEqual([])
    expect(textsAt(DOCUMENT, 'nowhere')).toEqual([])
    expect(labelsAt(DOCUMENT, 'labels')).toEqual({ app: 'tcp-echo' })
    expect(labelsAt(DOCUMENT, 'list')).toEqual({})
  })
})

describe('two documents', () => {
  const json = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)))

  test('are the same in any order of the fields of their objects', () => {
    fc.assert(
      fc.property(json, (value) => sameJson(value, reversedKeys(value))),
      { seed: 1 },
    )
  })

  test('are the same if and only if Node says so', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(sameJson(a, b)).toBe(sorted(a) === sorted(b))
      }),
      { seed: 1 },
    )
  })

  test.each([
    [
      [1, 2],
      [2, 1],
    ],
    [[1], { 0: 1 }],
    [{ a: null }, {}],
    [{ a: 1 }, { b: 1 }],
    [0, null],
    ['1', 1],
    [{ toString: 1 }, { valueOf: 1 }],
    [null, undefined],
  ])('%j and %j are not the same', (a, b) => {
    expect(sameJson(a, b)).toBe(false)
    expect(sameJson(b, a)).toBe(false)
  })
})

function reversedKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversedKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversedKeys(each)]),
  )
}

/** A text that is the same for the same documents. */
function sorted(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(
    ([key, each]) => `${JSON.stringify(key)}:${sorted(each)}`,
  )
  return `{${fields.sort().join()}}`
}

test('the levels of a value are counted, even if there are more of them than the stack allows calls', () => {
  expect(isDeeperThan(0, 'text')).toBe(false)
  expect(isDeeperThan(0, [])).toBe(true)
  expect(isDeeperThan(2, { a: [1, { b: 2 }] })).toBe(true)
  expect(isDeeperThan(3, { a: [1, { b: 2 }] })).toBe(false)
  expect(isDeeperThan(500, JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)))).toBe(true)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isObject, type Json, parseJson } from '../../../sandbox/objects/json.ts'
import { applyJsonPatch, PatchFailed } from '../../../sandbox/objects/json-patch.ts'

// The examples of RFC 6902, appendix A, that concern the result.
test.each<[string, Json, Json, Json]>([
  [
    'A.1 adds a field',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux' }],
    { baz: 'qux', foo: 'bar' },
  ],
  [
    'A.2 adds to a list',
    { foo: ['bar', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
    { foo: ['bar', 'qux', 'baz'] },
  ],
  [
    'A.3 removes a field',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'remove', path: '/baz' }],
    { foo: 'bar' },
  ],
  [
    'A.4 removes from a list',
    { foo: ['bar', 'qux', 'baz'] },
    [{ op: 'remove', path: '/foo/1' }],
    { foo: ['bar', 'baz'] },
  ],
  [
    'A.5 replaces',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'replace', path: '/baz', value: 'boo' }],
    { baz: 'boo', foo: 'bar' },
  ],
  [
    'A.6 moves a value',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [
    'A.7 moves within a list',
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    'A.8 tests',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  [
    'A.10 adds an object',
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    { foo: 'bar', child: { grandchild: {} } },
  ],
  [
    'A.11 ignores what it does not know',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
    { foo: 'bar', baz: 'qux' },
  ],
  [
    'A.14 unescapes ~',
    { '/': 9, '~1': 10 },
    [{ op: 'test', path: '/~01', value: 10 }],
    { '/': 9, '~1': 10 },
  ],
  [
    'A.16 appends to a list',
    { foo: ['bar'] },
    [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    { foo: ['bar', ['abc', 'def']] },
  ],
  [
    'copies',
    { a: { b: 1 } },
    [{ op: 'copy', from: '/a', path: '/c' }],
    { a: { b: 1 }, c: { b: 1 } },
  ],
  [
    'replaces the whole document',
    { a: 1 },
    [{ op: 'replace', path: '', value: { b: 2 } }],
    { b: 2 },
  ],
])('RFC 6902: %s', (_, document, patch, expected) => {
  expect(applyJsonPatch(document, operations(patch))).toEqual(expected)
})

test.each<[string, Json, Json]>([
  ['A.9 a test of another value', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }]],
  [
    'A.12 an add below what is not there',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz/bat', value: 'qux' }],
  ],
  ['A.15 a text is no number', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }]],
  ['a removal of what is not there', { a: 1 }, [{ op: 'remove', path: '/b' }]],
  [
    'a replacement beyond the end of a list',
    { a: [1] },
    [{ op: 'replace', path: '/a/1', value: 2 }],
  ],
  ['an add beyond the end of a list', { a: [1] }, [{ op: 'add', path: '/a/2', value: 2 }]],
  ['an index that is no number', { a: [1] }, [{ op: 'remove', path: '/a/x' }]],
  ['an add of the whole document', { a: 1 }, [{ op: 'add', path: '', value: {} }]],
  ['an unknown operation', { a: 1 }, [{ op: 'nonsense', path: '/a' }]],
  ['a path that begins with no slash', { a: 1 }, [{ op: 'remove', path: 'a' }]],
])('RFC 6902 refuses %s', (_, document, patch) => {
  expect(() => applyJsonPatch(document, operations(patch))).toThrow(PatchFailed)
})

describe('the leniency of the API server', () => {
  test('a missing field counts as null for a test', () => {
    const patch: Json = [{ op: 'test', path: '/b', value: null }]
    expect(applyJsonPatch({ a: 1 }, operations(patch))).toEqual({ a: 1 })
  })
  test('a missing field can be replaced', () => {
    const patch: Json = [{ op: 'replace', path: '/b', value: 2 }]
    expect(applyJsonPatch({ a: 1 }, operations(patch))).toEqual({ a: 1, b: 2 })
  })
  test('a negative index counts from the end', () => {
    const patch: Json = [{ op: 'replace', path: '/a/-1', value: 9 }]
    expect(applyJsonPatch({ a: [1, 2] }, operations(patch))).toEqual({ a: [1, 9] })
  })
})

test('the document is never changed, even by a patch that fails in the middle', () => {
  const document: Json = { a: { b: [1, 2] } }
  const before = JSON.stringify(document)
  applyJsonPatch(document, operations([{ op: 'remove', path: '/a/b/0' }]))
  expect(() =>
    applyJsonPatch(
      document,
      operations([
        { op: 'remove', path: '/a/b' },
        { op: 'remove', path: '/a/b' },
      ]),
    ),
  ).toThrow(PatchFailed)
  expect(JSON.stringify(document)).toBe(before)
})

test('what was added can be tested and removed again, for any field name and value', () => {
  const json = fc.json().map((text): Json => parseJson(text))
  fc.assert(
    fc.property(fc.string(), json, (name, value) => {
      fc.pre(name !== '__proto__')
      const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const patch: Json = [
        { op: 'add', path, value },
        { op: 'test', path, value },
        { op: 'remove', path },
      ]
      expect(applyJsonPatch({}, operations(patch))).toEqual({})
    }),
    { seed: 7, numRuns: 300 },
  )
})

function operations(patch: Json) {
  return Array.isArray(patch) ? patch.filter(isObject) : []
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pointer } from '../../src/kube/json-patch.ts'
import { patched } from './support/apply-patch.ts'

test('a pointer has a slash before each step, and escapes tildes and slashes', () => {
  expect(pointer('spec', 'tcp', 0, 'route')).toBe('/spec/tcp/0/route')
  expect(pointer('metadata', 'annotations', 'istio-traffic-shift/journal')).toBe(
    '/metadata/annotations/istio-traffic-shift~1journal',
  )
  expect(pointer('a~b', '~1', '')).toBe('/a~0b/~01/')
  expect(pointer()).toBe('')
})

test('a pointer of any name leads to the field of that name', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (outer, inner) => {
      fc.pre(outer !== '__proto__' && inner !== '__proto__')
      const document = { [outer]: { [inner]: 1, other: 2 } }
      const path = pointer(outer, inner)
      expect(patched(document, [{ op: 'replace', path, value: 3 }])).toEqual({
        [outer]: { other: 2, [inner]: 3 },
      })
    }),
    { seed: 1 },
  )
})

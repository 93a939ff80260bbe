import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/kube/json.ts'
import {
  guardOperations,
  removeAnnotations,
  setAnnotation,
} from '../../src/routes/object/object-guards.ts'
import { patched } from '../kube/support/apply-patch.ts'
import { parsedObject, route, tcp, virtualServiceJson } from './support/objects.ts'

const KEY = 'istio-traffic-shift/journal'

function objectWith(annotations: JsonObject | undefined): JsonObject {
  const metadata: JsonObject = annotations === undefined ? {} : { annotations }
  return virtualServiceJson([tcp([route('v1')])], { metadata })
}

function annotated(object: Json, value: string): Json {
  return patched(object, setAnnotation(parsedObject(object), KEY, value))
}

function annotationsOf(object: Json): Json | undefined {
  return parsedObject(object).raw.metadata
}

describe('The guards of a patch', () => {
  test('test the uid and replace the version, so that a stale patch ends in a conflict', () => {
    expect(guardOperations(parsedObject(objectWith(undefined)))).toEqual([
      { op: 'test', path: '/metadata/uid', value: '6f1f0a9e-0000-4000-8000-000000000001' },
      { op: 'replace', path: '/metadata/resourceVersion', value: '41' },
    ])
  })
})

describe('An annotation', () => {
  test('is set on an object without annotations, whether the mapping is empty or missing', () => {
    for (const before of [undefined, {}]) {
      expect(annotationsOf(annotated(objectWith(before), 'mine'))).toMatchObject({
        annotations: { [KEY]: 'mine' },
      })
    }
  })

  test('is set beside others, and replaces its former value', () => {
    const once = annotated(objectWith({ team: 'echo', 'a/b~c': 'd' }), 'mine')
    expect(annotationsOf(annotated(once, 'again'))).toMatchObject({
      annotations: { team: 'echo', 'a/b~c': 'd', [KEY]: 'again' },
    })
  })

  test.each([
    ['alone: its mapping goes with it', undefined],
    ['from between others, which stay as they are', { team: 'echo', 'z/last': '{"a": 1}' }],
  ])('is removed %s', (_, before) => {
    const original = objectWith(before)
    const marked = annotated(original, 'mine')
    const object = parsedObject(marked)
    expect(JSON.stringify(patched(marked, removeAnnotations(object, KEY)))).toBe(
      JSON.stringify(original),
    )
  })

  test.each([
    ['alone: their mapping goes with them', undefined],
    ['from between others', { team: 'echo', 'z/last': 'x' }],
  ])('and another are removed at once %s', (_, before) => {
    const original = objectWith(before)
    const once = annotated(original, 'mine')
    const twice = patched(once, setAnnotation(parsedObject(once), 'other', 'too'))
    const operations = removeAnnotations(parsedObject(twice), KEY, 'other', 'third')
    expect(JSON.stringify(patched(twice, operations))).toBe(JSON.stringify(original))
  })

  test('that is missing needs no operation to be removed', () => {
    expect(removeAnnotations(parsedObject(objectWith({ team: 'echo' })), KEY)).toEqual([])
    expect(removeAnnotations(parsedObject(objectWith(undefined)), KEY)).toEqual([])
  })
})

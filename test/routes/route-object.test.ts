import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/kube/json.ts'
import { parseRouteObject } from '../../src/routes/route-object.ts'
import { route, tcp, virtualServiceJson } from './support/objects.ts'

const OBJECT = virtualServiceJson([tcp([route('v1')])], {
  metadata: {
    annotations: { team: 'echo' },
    managedFields: [
      { manager: 'kubectl', time: '2026-03-01T10:00:00Z', fieldsV1: { 'f:spec': {} } },
      { operation: 'Update' },
    ],
  },
})

describe('A route object', () => {
  test('is parsed from the answer of the API server', () => {
    expect(parseRouteObject(OBJECT)).toEqual({
      kind: 'VirtualService',
      namespace: 'demo',
      name: 'tcp-echo',
      uid: '6f1f0a9e-0000-4000-8000-000000000001',
      resourceVersion: '41',
      createdAt: '2026-03-01T10:00:00Z',
      deletedAt: undefined,
      generation: undefined,
      annotations: { team: 'echo' },
      managedFields: [
        {
          manager: 'kubectl',
          timeMs: Date.UTC(2026, 2, 1, 10),
          fields: { 'f:spec': {} },
        },
        { manager: '', timeMs: undefined, fields: null },
      ],
      spec: OBJECT.spec,
      raw: OBJECT,
    })
  })

  test('may be without annotations, managed fields and spec', () => {
    const { spec: _, ...bare } = virtualServiceJson([])
    expect(parseRouteObject(bare)).toMatchObject({ annotations: {}, managedFields: [], spec: {} })
  })

  test.each(['name', 'namespace', 'uid', 'resourceVersion'])('must have a %s', (field) => {
    const metadata = { ...(OBJECT.metadata as JsonObject) }
    delete metadata[field]
    expect(parseRouteObject({ ...OBJECT, metadata })).toBeUndefined()
    expect(parseRouteObject({ ...OBJECT, metadata: { ...metadata, [field]: '' } })).toBeUndefined()
  })

  test.each([[null], ['text'], [[]], [{}], [{ kind: 'Status', status: 'Failure' }]])(
    'is not %j',
    (answer) => {
      expect(parseRouteObject(answer)).toBeUndefined()
    },
  )
})

import { expect, test } from 'vitest'
import { resourcePath } from '../../src/kube/resources.ts'
import { ROUTE_KINDS } from '../../src/routes/kinds.ts'
import { resourceOf } from '../../src/routes/object/read-route-object.ts'
import { firstPath, ROUTE_TYPES } from '../../src/routes/types/route-types.ts'

test('the path that is read before the rest is loaded is that of the first read, for every kind', () => {
  for (const { kind, api } of ROUTE_KINDS) {
    const name = { kind, namespace: 'demo', name: 'one' }
    expect(firstPath(name)).toBe(resourcePath(resourceOf(name, api.versions[0] ?? '')))
  }
})

test('inputs accept exactly the kinds that can be shifted', () => {
  expect(ROUTE_TYPES.map(({ kind }) => kind)).toEqual(ROUTE_KINDS.map(({ kind }) => kind))
})

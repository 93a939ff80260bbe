import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { lastSpecManager, specChangedAtMs } from '../../../src/routes/controllers/spec-writers.ts'
import { route, tcp, virtualService } from '../support/objects.ts'

function managedBy(...managedFields: JsonObject[]) {
  return virtualService([tcp([route('v1')])], { metadata: { managedFields } })
}

function spec(manager: string, time?: string): JsonObject {
  return {
    manager,
    fieldsV1: { 'f:spec': { 'f:tcp': {} } },
    ...(time === undefined ? {} : { time }),
  }
}

describe('The last change of the spec', () => {
  const first = '2026-03-01T10:00:00Z'
  const second = '2026-03-01T11:00:00Z'
  const third = '2026-03-01T12:00:00Z'

  test('is the latest time in managedFields, by this tool or by any other field manager', () => {
    const object = managedBy(
      spec('kubectl', first),
      spec('istio-traffic-shift', second),
      { manager: 'labeler', time: third, fieldsV1: { 'f:metadata': {} } },
      spec('timeless'),
    )
    expect(specChangedAtMs(object)).toBe(Date.parse(second))
    expect(lastSpecManager(object)).toBe('istio-traffic-shift')
  })

  test('has no known author where the only owner wrote before the given time', () => {
    const object = managedBy(spec('kubectl', first))
    expect(lastSpecManager(object, Date.parse(first))).toBe('kubectl')
    expect(lastSpecManager(object, Date.parse(second))).toBeUndefined()
  })

  test('has no known author where two owners wrote at the same second', () => {
    const object = managedBy(spec('kubectl', first), spec('argocd-controller', first))
    expect(lastSpecManager(object)).toBeUndefined()
  })

  test('is unknown where managedFields has no time', () => {
    expect(specChangedAtMs(managedBy())).toBeUndefined()
    expect(specChangedAtMs(managedBy(spec('kubectl')))).toBeUndefined()
    expect(lastSpecManager(managedBy())).toBeUndefined()
  })
})

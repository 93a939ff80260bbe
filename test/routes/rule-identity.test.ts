import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/kube/json.ts'
import { findRule, type RuleKey } from '../../src/routes/rule-identity.ts'
import { route, tcp, virtualService } from './support/objects.ts'

const V1 = [route('v1')]

function key(match: Json): RuleKey {
  return { protocol: 'tcp', match, nth: 0 }
}

describe('A rule is found again by its identity', () => {
  const mine = [{ port: 31400, gateways: ['a'] }]

  test('where other rules are added before and behind it', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp([route('v2')], mine), tcp(V1, null)])
    expect(findRule(object, key(mine))?.index).toBe(1)
    expect(findRule(object, key(null))?.index).toBe(2)
  })

  test('in whatever order the fields of its match are', () => {
    const object = virtualService([tcp(V1, mine)])
    expect(findRule(object, key([{ gateways: ['a'], port: 31400 }]))?.index).toBe(0)
  })

  test('except where its match was changed or it is gone', () => {
    expect(findRule(virtualService([tcp(V1, [{ port: 31400 }])]), key(mine))).toBeUndefined()
    expect(findRule(virtualService([]), key(mine))).toBeUndefined()
  })

  test('as the first of several with the same match, which alone gets connections', () => {
    const object = virtualService([tcp([route('v1')], mine), tcp([route('v2')], mine)])
    expect(findRule(object, key(mine))?.index).toBe(0)
  })
})

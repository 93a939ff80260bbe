import { describe, expect, test } from 'vitest'
import { tcpEntries } from '../../src/mesh/entry.ts'
import { coveringEntry, findEntry, findEntryAgain } from '../../src/mesh/find-entry.ts'
import type { JsonObject } from '../../src/mesh/json.ts'
import type { RouteObject } from '../../src/mesh/route-object.ts'
import type { RouteSelector } from '../../src/options/options.ts'
import { route, tcp, virtualService } from './support/objects.ts'

const ANY: RouteSelector = { kind: 'any' }
const TCP: RouteSelector = { kind: 'tcp', port: undefined }

function onPort(port: number): RouteSelector {
  return { kind: 'tcp', port }
}

/** Position of the entry that was found, or what is wanted instead. */
function found(object: RouteObject, selector: RouteSelector): number | string {
  const answer = findEntry(object, selector)
  return answer.ok ? answer.entry.index : answer.wants
}

const V1 = [route('v1')]

describe('the entry that route means', () => {
  test('is the only one there is, with or without its name', () => {
    const object = virtualService([tcp(V1)])
    expect([ANY, TCP, onPort(31400)].map((selector) => found(object, selector))).toEqual([0, 0, 0])
  })

  test('is chosen by its port among several', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, [{ port: 2 }, { port: 3 }])])
    expect(found(object, onPort(1))).toBe(0)
    expect(found(object, onPort(2))).toBe(1)
    expect(found(object, onPort(3))).toBe(1)
  })

  test('of a port that only an entry for every port takes is that one', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, null)])
    expect(found(object, onPort(1))).toBe(0)
    expect(found(object, onPort(2))).toBe(1)
  })

  test('is listed with all others where several fit', () => {
    const object = virtualService([
      tcp([route('v1', 80), route('v2', 20)], [{ port: 1 }]),
      tcp([{ destination: { host: 'other' } }], [{ port: 2, gateways: ['istio-system/public'] }]),
    ])
    expect(found(object, ANY)).toBe(
      'one of the entries of tcp-echo: tcp:1 (entry 0, to tcp-echo/v1, tcp-echo/v2, at demo/tcp-echo-gateway); tcp:2 (entry 1, to other, at istio-system/public)',
    )
    expect(found(object, TCP)).toBe(found(object, ANY))
  })

  test('is listed with all others where none fits', () => {
    expect(found(virtualService([tcp(V1)]), onPort(9000))).toMatch(
      /^one of the entries of tcp-echo: tcp:31400 /,
    )
  })

  test('is the one at a gateway where the others belong to sidecars alone', () => {
    const object = virtualService([
      tcp(V1, [{ port: 9000, gateways: ['mesh'] }]),
      tcp(V1, [{ port: 31400 }]),
    ])
    expect(found(object, ANY)).toBe(1)
    expect(found(object, onPort(9000))).toBe(0)
  })

  test("may be a sidecars' one where there is no other", () => {
    expect(found(virtualService([tcp(V1)], { spec: { gateways: ['mesh'] } }), ANY)).toBe(0)
  })

  test('is never one that gets no connection because an entry before it takes them all', () => {
    const object = virtualService([tcp(V1), tcp([route('v2')])])
    expect(found(object, ANY)).toBe(0)
    expect(found(object, onPort(31400))).toBe(0)
  })

  test('is not found where an entry for every port takes its connections, and it is said why', () => {
    const object = virtualService([tcp(V1, null), tcp(V1, [{ port: 31400 }])])
    expect(found(object, onPort(31400))).toContain(
      'tcp:31400 (entry 1, to tcp-echo/v1, at demo/tcp-echo-gateway, never reached because of entry 0)',
    )
  })

  test.each([
    [{ http: [{}] }, 'only http entries'],
    [{ http: [{}], tls: [{}] }, 'only http and tls entries'],
    [{}, 'no entries'],
  ])('cannot be in an object with %j besides', (spec, has) => {
    expect(found(virtualService([], { spec }), ANY)).toBe(
      `a VirtualService with tcp entries; tcp-echo has ${has}`,
    )
  })
})

describe('an entry is covered', () => {
  /** Which entry covers the last. */
  function covering(...matches: (JsonObject[] | null)[]): number | undefined {
    const object = virtualService(matches.map((match) => tcp(V1, match)))
    const entries = tcpEntries(object)
    const last = entries.at(-1)
    return last && coveringEntry(last, entries)?.index
  }

  test.each([
    ['by one with the same port and gateway', [{ port: 1 }], [{ port: 1 }]],
    ['by one for every port', null, [{ port: 1 }]],
    ['by one with more ports', [{ port: 1 }, { port: 2 }], [{ port: 2 }]],
    ['by one with more gateways', [{ gateways: ['a', 'b'] }], [{ port: 1, gateways: ['b'] }]],
    [
      'although they look at the client too: a gateway does not',
      [{ port: 1, sourceLabels: { app: 'x' } }],
      [{ port: 1, destinationSubnets: ['10.0.0.0/8'] }],
    ],
    [
      'although it is for sidecars besides: at the gateway it never is reached',
      [{ port: 1 }],
      [{ port: 1, gateways: ['mesh', 'tcp-echo-gateway'] }],
    ],
  ])('%s', (_, first, second) => {
    expect(covering(first, second)).toBe(0)
  })

  test.each([
    ['by one with another port', [{ port: 1 }], [{ port: 2 }]],
    ['by one at another gateway', [{ gateways: ['a'] }], [{ gateways: ['b'] }]],
    ['by one with fewer ports', [{ port: 1 }], [{ port: 1 }, { port: 2 }]],
    ['by one that has a port where it has all', [{ port: 1 }], null],
    ['by one for sidecars', [{ gateways: ['mesh'] }], [{ port: 1 }]],
    [
      'by one whose matches have its port and its gateway, but not together',
      [
        { port: 1, gateways: ['a'] },
        { port: 2, gateways: ['b'] },
      ],
      [{ port: 1, gateways: ['b'] }],
    ],
    [
      'where it is for sidecars alone: they look at more than the port',
      [{ port: 1, gateways: ['mesh'], sourceLabels: { app: 'x' } }],
      [{ port: 1, gateways: ['mesh'] }],
    ],
  ])('not %s', (_, first, second) => {
    expect(covering(first, second)).toBeUndefined()
  })

  test('never by one after it', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, null)])
    const entries = tcpEntries(object)
    expect(entries[0] && coveringEntry(entries[0], entries)).toBeUndefined()
  })
})

describe('an entry is found again', () => {
  const mine = [{ port: 31400, gateways: ['a'] }]

  test('where others were put before and behind it', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp([route('v2')], mine), tcp(V1, null)])
    expect(findEntryAgain(object, mine)?.index).toBe(1)
    expect(findEntryAgain(object, null)?.index).toBe(2)
  })

  test('in whatever order the fields of its match stand by now', () => {
    const object = virtualService([tcp(V1, mine)])
    expect(findEntryAgain(object, [{ gateways: ['a'], port: 31400 }])?.index).toBe(0)
  })

  test('not where its match was changed or it is gone', () => {
    expect(findEntryAgain(virtualService([tcp(V1, [{ port: 31400 }])]), mine)).toBeUndefined()
    expect(findEntryAgain(virtualService([]), mine)).toBeUndefined()
  })

  test('as the first of several, which alone gets connections', () => {
    const object = virtualService([tcp([route('v1')], mine), tcp([route('v2')], mine)])
    expect(findEntryAgain(object, mine)?.index).toBe(0)
  })
})

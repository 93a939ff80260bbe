import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  destinationIndex,
  destinationNames,
  fitsSeveral,
  meantIndex,
} from '../../src/routes/destination-names.ts'
import { ISTIO_FORMAT } from '../../src/routes/istio/rules/istio-format.ts'
import type { Destination } from '../../src/routes/rule-format.ts'
import { destinationOf } from './support/objects.ts'

type Written = { host: string; port?: number; subset?: string }

function names(...written: Written[]): string[] {
  return destinationNames(written.map(destination))
}

function destination({ host, port, subset }: Written): Destination {
  return destinationOf(host, { ...(port === undefined ? {} : { port }), subset })
}

test.each<[string, Written[], string[]]>([
  [
    'the subset, where it is the only one of its name',
    [
      { host: 'tcp-echo', port: 9000, subset: 'v1' },
      { host: 'tcp-echo', port: 9000, subset: 'v2' },
    ],
    ['v1', 'v2'],
  ],
  [
    'the subset, although its host is another one',
    [
      { host: 'a', subset: 'v1' },
      { host: 'b', subset: 'v2' },
    ],
    ['v1', 'v2'],
  ],
  [
    'the host, where there is no subset',
    [
      { host: 'tcp-echo-v1', port: 9000 },
      { host: 'tcp-echo-v2.demo.svc.cluster.local', port: 9000 },
    ],
    ['tcp-echo-v1', 'tcp-echo-v2.demo.svc.cluster.local'],
  ],
  [
    'the host, where two hosts have a subset of the same name',
    [
      { host: 'a', subset: 'v1' },
      { host: 'b', subset: 'v1' },
    ],
    ['a', 'b'],
  ],
  [
    'host:port, where only the port differs',
    [
      { host: 'tcp-echo', port: 9000 },
      { host: 'tcp-echo', port: 9001 },
    ],
    ['tcp-echo:9000', 'tcp-echo:9001'],
  ],
  [
    'host:port, where the same subset has two ports',
    [
      { host: 'tcp-echo', port: 9000, subset: 'v1' },
      { host: 'tcp-echo', port: 9001, subset: 'v1' },
    ],
    ['tcp-echo:9000', 'tcp-echo:9001'],
  ],
  [
    'host/subset, where neither the subset nor the host nor the port tells it apart',
    [
      { host: 'a', port: 9000, subset: 'v1' },
      { host: 'a', port: 9000, subset: 'v2' },
      { host: 'b', port: 9000, subset: 'v1' },
    ],
    ['a/v1', 'v2', 'b'],
  ],
  [
    'the host it shares, which belongs to the one without a subset',
    [
      { host: 'tcp-echo', port: 9000 },
      { host: 'tcp-echo', port: 9000, subset: 'v2' },
    ],
    ['tcp-echo', 'v2'],
  ],
  [
    'another form than the host that it went by before one without a subset was added',
    [
      { host: 'a', port: 1, subset: 'v1' },
      { host: 'b', port: 1, subset: 'v1' },
      { host: 'a', port: 2 },
    ],
    ['a:1', 'b', 'a:2'],
  ],
  [
    'another form than a subset that is called like a host',
    [
      { host: 'a', port: 1, subset: 'b' },
      { host: 'b', port: 2 },
    ],
    ['a', 'b:2'],
  ],
  [
    'the host as it is written, even where two mean the same Service',
    [{ host: 'tcp-echo' }, { host: 'tcp-echo.demo.svc.cluster.local' }],
    ['tcp-echo', 'tcp-echo.demo.svc.cluster.local'],
  ],
  ['its subset, where it stands alone', [{ host: 'tcp-echo', subset: 'v1' }], ['v1']],
  ['its host, where it stands alone without one', [{ host: 'tcp-echo', port: 1 }], ['tcp-echo']],
])('a destination goes by %s', (_, written, expected) => {
  expect(names(...written)).toEqual(expected)
})

test('Two equal destinations are named by their positions', () => {
  const twin = { host: 'tcp-echo', port: 9000, subset: 'v1' }
  expect(names(twin, twin, { host: 'tcp-echo', subset: 'v2' })).toEqual(['[0]', '[1]', 'v2'])
})

test('The host that named a destination does not name one without a subset that is added beside it', () => {
  const before = [
    { host: 'x', subset: 'v1' },
    { host: 'y', subset: 'v1' },
  ].map(destination)
  expect(destinationIndex(before, 'y')).toBe(1)
  const after = [...before, destination({ host: 'y', port: 80 })]
  expect(destinationIndex(after, 'y')).toBeUndefined()
  expect(fitsSeveral(after, 'y')).toBe(true)
  expect(destinationNames(after)).toEqual(['x', 'y/v1', 'y:80'])
})

test.each<[string, number | undefined]>([
  ['x.demo.svc.cluster.local/v2', 1],
  ['x.demo.svc/v2', 1],
  ['x:9000', undefined],
  ['y:02', 2],
  ['y.demo.svc.cluster.local:2', 2],
  ['y', 2],
  ['z', 3],
  ['z.demo.svc.cluster.local', 3],
  ['x.demo.svc.cluster.local', undefined],
  ['x.other.svc.cluster.local/v2', undefined],
  ['y:3', undefined],
])('%s means the destination with the same host in another spelling, if any', (text, index) => {
  const destinations = [
    { host: 'x', port: 9000, subset: 'v1' },
    { host: 'x', port: 9000, subset: 'v2' },
    { host: 'y.demo.svc.cluster.local', port: 2 },
    { host: 'z' },
  ].map(destination)
  expect(meantIndex({ destinations, format: ISTIO_FORMAT }, text, 'demo')).toBe(index)
})

const some: fc.Arbitrary<Destination> = fc
  .record(
    {
      host: fc.constantFrom('a', 'b', 'v1', 'a.demo.svc.cluster.local'),
      port: fc.constantFrom(1, 2),
      subset: fc.constantFrom('v1', 'v2', 'a'),
    },
    { requiredKeys: ['host'] },
  )
  .map(destination)
const several = fc.array(some, { minLength: 1, maxLength: 6 })

function isPosition(name: string): boolean {
  return /^\[\d+\]$/.test(name)
}

/** The forms in the contract's order. */
function formsOf({ host, port, subset }: Destination): string[] {
  const forms = [subset, host, port ? `${host}:${port}` : undefined, subset && `${host}/${subset}`]
  return forms.filter((form) => typeof form === 'string')
}

test('No two destinations of a rule have the same name', () => {
  fc.assert(
    fc.property(several, (destinations) => {
      const named = destinationNames(destinations)
      expect(new Set(named).size).toBe(named.length)
    }),
    { seed: 1, numRuns: 1000 },
  )
})

test('A name does not depend on the order of the destinations', () => {
  const shuffled = several.chain((destinations) =>
    fc.tuple(
      fc.constant(destinations),
      fc.shuffledSubarray([...destinations.keys()], { minLength: destinations.length }),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([destinations, order]) => {
      const before = destinationNames(destinations)
      const after = destinationNames(order.flatMap((index) => destinations[index] ?? []))
      expect(after).toEqual(
        order.map((index, position) => {
          const name = before[index] ?? ''
          return isPosition(name) ? `[${position}]` : name
        }),
      )
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('A name is the first form that no other destination has, except the host of one without a subset', () => {
  fc.assert(
    fc.property(several, (destinations) => {
      for (const [index, name] of destinationNames(destinations).entries()) {
        const own = destinations[index]
        const others = destinations.filter((_, other) => other !== index)
        const forms = own ? formsOf(own) : []
        const passedOver = isPosition(name) ? forms : forms.slice(0, forms.indexOf(name))
        for (const form of passedOver)
          expect(others.some((other) => formsOf(other).includes(form))).toBe(true)
        if (isPosition(name)) continue
        expect(forms).toContain(name)
        for (const other of others.filter((each) => formsOf(each).includes(name))) {
          expect([name, own?.subset]).toEqual([other.host, undefined])
          expect(other.subset).toBeDefined()
        }
      }
    }),
    { seed: 1, numRuns: 1000 },
  )
})

test('A destination is found by its name and by every form that only it has', () => {
  fc.assert(
    fc.property(several, (destinations) => {
      const all = destinationNames(destinations)
      for (const [index, name] of all.entries())
        expect(destinationIndex(destinations, name)).toBe(index)
      for (const form of destinations.flatMap(formsOf).filter((one) => !all.includes(one))) {
        const having = destinations.filter((one) => formsOf(one).includes(form))
        const found = destinationIndex(destinations, form)
        expect(found === undefined ? 'none' : destinations[found]).toBe(
          having.length === 1 ? having[0] : 'none',
        )
        expect(fitsSeveral(destinations, form)).toBe(having.length > 1)
      }
    }),
    { seed: 1, numRuns: 500 },
  )
})

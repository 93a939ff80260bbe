import { expect, test } from 'vitest'
import { startPodPlaces } from '../../../src/evidence/jobs/pod-places.ts'

function pod(index: number, node: string, zone?: string) {
  return { index, name: `probe-${index}`, node, zone }
}

test('places are zones where each Pod has one', () => {
  const { places, of } = startPodPlaces([pod(0, 'n1', 'a'), pod(1, 'n2', 'b'), pod(2, 'n3', 'a')])
  expect(places()).toEqual([
    { kind: 'zone', name: 'a', pods: 2 },
    { kind: 'zone', name: 'b', pods: 1 },
  ])
  expect(of([pod(0, 'n2', 'b'), pod(1, 'n9', 'c')])).toEqual([1, 2])
  expect(places()[2]).toEqual({ kind: 'zone', name: 'c', pods: 0 })
})

test('places are nodes where zones are not known', () => {
  const { places } = startPodPlaces([pod(0, 'n1', 'a'), pod(1, 'n2')])
  expect(places().map(({ kind, name }) => `${kind} ${name}`)).toEqual(['node n1', 'node n2'])
})

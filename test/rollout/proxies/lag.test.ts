import { expect, test } from 'vitest'
import { lagOf } from '../../../src/rollout/proxies/lag.ts'
import type { ProxyMember } from '../../../src/rollout/proxies/proxy-set.ts'
import { NEVER } from '../../kube/support/cluster.ts'

function member(uid: string, drainMs: () => Promise<number>): ProxyMember {
  return { pod: { uid }, admin: { drainMs } } as unknown as ProxyMember
}

const MEMBERS = [
  member('waypoint', async () => 20_000),
  member('silent', () => Promise.reject(new Error('no answer'))),
  member('sidecar', async () => 60_000),
]

test.each([
  ['the drain time of a proxy whose connections keep former weights', ['waypoint'], 21_000],
  ['the usual one where a proxy does not say it', ['waypoint', 'silent'], 46_000],
  ['a moment where every request follows the present weights', [], 50],
])('what users do counts after %s', async (_, keepers, expected) => {
  const followed = { table: { keepers: () => keepers }, isWritten: true, countsUsers: true }
  expect(await lagOf(MEMBERS, followed, NEVER)).toBe(expected)
})

test.each([
  ['nothing was written', { isWritten: false, countsUsers: true }],
  ['only new connections of this run count', { isWritten: true, countsUsers: false }],
])('nothing is waited for where %s', async (_, how) => {
  expect(await lagOf(MEMBERS, { table: { keepers: () => ['waypoint'] }, ...how }, NEVER)).toBe(50)
})

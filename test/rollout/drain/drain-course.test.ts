import { describe, expect, test } from 'vitest'
import { proxyCountersOf } from '../../../kit/evidence/counters.ts'
import type { HostCounters, ProxyCounters } from '../../../src/evidence/proxies/host-counters.ts'
import { startDrain } from '../../../src/rollout/drain/drain-course.ts'

/** The counters of one proxy, with one host in each cluster. */
function counters(clusters: Readonly<Record<string, Partial<HostCounters>>>): ProxyCounters {
  return proxyCountersOf(
    Object.fromEntries(
      Object.entries(clusters).map(([name, values]) => [name, { '10.0.0.1:80': values }]),
    ),
  )
}

function drain({
  unit = 'connection',
  retired = [0],
  timeoutMs,
}: {
  unit?: 'connection' | 'request'
  retired?: number[]
  timeoutMs?: number
} = {}) {
  const indexes: Record<string, number> = { v1: 0, v2: 1 }
  return startDrain({
    names: ['v1', 'v2'],
    unit,
    retired,
    timeoutMs,
    destinationOf: (cluster) => indexes[cluster],
  })
}

const proxy = (name: string, clusters?: Parameters<typeof counters>[0]) => ({
  proxy: name,
  counters: clusters && counters(clusters),
})

describe('a drain', () => {
  test('sums the open connections of all proxies by destination', () => {
    const seen = drain().observe(0, [
      proxy('a', { v1: { openConnections: 2 }, v2: { openConnections: 5 } }),
      proxy('b', { v1: { openConnections: 1 }, other: { openConnections: 9 } }),
    ])
    expect(seen).toMatchObject({
      inProgress: [3, 5],
      proxies: { read: 2, total: 2 },
      ended: 'in-progress',
    })
  })

  test('counts requests in progress where the proxies split requests, because pooled connections stay open', () => {
    const seen = drain({ unit: 'request' }).observe(0, [
      proxy('a', { v1: { openConnections: 40, openRequests: 0 } }),
    ])
    expect(seen).toMatchObject({ inProgress: [0, 0], ended: 'drained' })
  })

  test('is over as soon as no proxy has anything in progress', () => {
    const course = drain({ timeoutMs: 1000 })
    expect(course.observe(100, [proxy('a', { v1: { openConnections: 1 } })]).ended).toBeUndefined()
    expect(course.observe(600, [proxy('a', { v1: { openConnections: 0 } })])).toMatchObject({
      ended: 'drained',
      tookMs: 500,
    })
  })

  test('ends after its time limit with what is in progress then', () => {
    const course = drain({ timeoutMs: 1000 })
    const open = [proxy('a', { v1: { openConnections: 1 } })]
    expect(course.observe(0, open).ended).toBeUndefined()
    expect(course.observe(999, open).ended).toBeUndefined()
    expect(course.observe(1000, open).ended).toBe('in-progress')
  })

  test('says what the proxies sent to a destination since the first reading', () => {
    const course = drain({ timeoutMs: 1000 })
    course.observe(0, [proxy('a', { v1: { connections: 100, openConnections: 1 } })])
    const seen = course.observe(10, [
      proxy('a', { v1: { connections: 102, openConnections: 1 } }),
      // Its first reading: what it had sent before is not known.
      proxy('b', { v1: { connections: 50 } }),
    ])
    expect(seen.sent).toEqual([2, 0])
  })

  test('is not over as long as a proxy cannot be read', () => {
    const course = drain({ timeoutMs: 1000 })
    const looks = [proxy('a', { v1: {} }), proxy('b')]
    expect(course.observe(0, looks).ended).toBeUndefined()
    expect(course.observe(1000, looks)).toMatchObject({
      ended: 'unknown',
      proxies: { read: 1, total: 2 },
    })
  })

  test('does not wait for a proxy that is gone, as its connections ended with it', () => {
    const course = drain({ timeoutMs: 1000 })
    course.observe(0, [proxy('a', { v1: {} }), proxy('b', { v1: { openConnections: 7 } })])
    expect(course.observe(100, [proxy('a', { v1: {} })]).ended).toBe('drained')
  })

  test('looks once without a time limit', () => {
    expect(drain().observe(0, [proxy('a')]).ended).toBe('unknown')
    expect(drain().observe(0, [proxy('a', { v1: {} })]).ended).toBe('drained')
  })

  test('says only what is in progress where every destination has weight', () => {
    const seen = drain({ retired: [], timeoutMs: 1000 }).observe(0, [
      proxy('a', { v1: { openConnections: 4 } }),
    ])
    expect(seen).toMatchObject({ inProgress: [4, 0], ended: 'unknown' })
  })
})

import { expect, test } from 'vitest'
import { sampleOf } from '../../../kit/evidence/samples.ts'
import type { ProbeSample } from '../../../src/evidence/probe/probe-sample.ts'
import { findClientLimits } from '../../../src/rollout/preflight/client-limits.ts'

const ENDPOINT = { host: '192.0.2.1', port: 31400 }

function samples(limited: number, code: string, answered = 0): ProbeSample[] {
  return [
    ...Array.from({ length: limited }, () => sampleOf({ kind: 'client-limit', why: code })),
    ...Array.from({ length: answered }, () => sampleOf({ kind: 'destination', index: 0 })),
  ]
}

test.each([
  ['EMFILE', /too many open files/, /ulimit -n/],
  ['ENFILE', /the whole machine has too many open files/, /fs\.file-max/],
  ['EADDRNOTAVAIL', /no local port is free/, /net\.ipv4\.ip_local_port_range/],
  ['EADDRINUSE', /no local port is free/, /net\.ipv4\.ip_local_port_range/],
  ['EAGAIN', /no more processes/, /ulimit -u/],
  ['ENOBUFS', /no buffers/, /Lower concurrency/],
  ['ENOMEM', /no memory/, /Lower concurrency/],
])('a machine that meets %s is named, with what helps it', (code, means, helps) => {
  const [finding, ...more] = findClientLimits(samples(10, code), ENDPOINT)
  expect(finding).toMatchObject({ severity: 'error', reason: 'preflight' })
  expect(finding?.what).toMatch(
    /^This machine could not open 10 of 10 connections to 192\.0\.2\.1:31400: /,
  )
  expect(finding?.what).toMatch(means)
  expect(finding?.remedy).toMatch(helps)
  expect(finding?.remedy).not.toMatch(/\bnc\b/)
  expect(more).toEqual([])
})

test('a limit that only some connections meet is a warning', () => {
  expect(findClientLimits(samples(3, 'EMFILE', 7), ENDPOINT)).toMatchObject([
    { severity: 'warning', what: expect.stringContaining('could not open 3 of 10') },
  ])
  expect(findClientLimits(samples(0, '', 7), ENDPOINT)).toEqual([])
})

test('an IPv6 address without a local one is not taken for a lack of ports alone', () => {
  const [finding] = findClientLimits(samples(10, 'EADDRNOTAVAIL'), { host: '2001:db8::1', port: 1 })
  expect(finding?.remedy).toMatch(
    /^This machine may have no IPv6\. If so, set endpoint to an IPv4 address/,
  )
})

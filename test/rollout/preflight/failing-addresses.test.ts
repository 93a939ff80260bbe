import { expect, test } from 'vitest'
import { sampleOf } from '../../../kit/evidence/samples.ts'
import type { ProbeSample } from '../../../src/evidence/probe/probe-sample.ts'
import { failingAddresses } from '../../../src/rollout/preflight/failing-addresses.ts'

const ADDRESSES = ['192.0.2.1', '192.0.2.2']

/** Samples by one letter each: answered or lost. */
function samples(letters: string): ProbeSample[] {
  return [...letters].map((letter) =>
    letter === 'a'
      ? sampleOf({ kind: 'destination', index: 0 })
      : sampleOf({ kind: 'unclassified', why: 'closed', detail: '' }),
  )
}

test('an address that loses every connection while the other loses none is named', () => {
  const said = failingAddresses(
    { samples: samples('alalalalal'), addresses: ADDRESSES },
    'connection',
  )
  expect(said).toMatch(/^Every connection to 192\.0\.2\.2 was lost, and none to 192\.0\.2\.1\./)
  expect(said).toContain('endpoint: host:port')
})

test.each([
  ['there is only one address', 'alalalalal', ['192.0.2.1']],
  ['both addresses lose connections', 'alalllalal', ADDRESSES],
  ['a failing address got few connections', 'alal', ADDRESSES],
  ['each address answers some', 'aaalalaaal', ADDRESSES],
])('no address is named where %s', (_, letters, addresses) => {
  expect(failingAddresses({ samples: samples(letters), addresses }, 'connection')).toBeUndefined()
})

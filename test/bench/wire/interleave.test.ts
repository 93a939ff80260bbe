import { expect, test } from 'vitest'
import { interleave } from '../../../kit/bench/wire/interleave.ts'
import type { Client } from '../../../kit/bench/wire/processes.ts'

/** Clients that note whose turn it was, and answer with the number of the round. */
function noting(...names: string[]) {
  const turns: string[] = []
  const clients = names.map(
    (name): Client => ({
      name,
      async round({ connections }) {
        turns.push(name)
        return { connections, errors: 0, wallMs: 1, userMs: 0, systemMs: 0, peakKib: 0 }
      },
      end: async () => undefined,
    }),
  )
  return { turns, clients }
}

test('clients take turns, each begins as often as the others, and the warm-up is not counted', async () => {
  const { turns, clients } = noting('a', 'b', 'c')
  const measured = await interleave(clients, 3, (connections) => ({
    host: '127.0.0.1',
    port: 1,
    connections,
    inFlight: 1,
  }))
  expect(turns.join('')).toBe('abc'.concat('abc', 'bca', 'cab'))
  const numbers = (name: string) => measured.get(name)?.map(({ connections }) => connections)
  expect([numbers('a'), numbers('b'), numbers('c')]).toEqual([
    [3, 8, 10],
    [4, 6, 11],
    [5, 7, 9],
  ])
})

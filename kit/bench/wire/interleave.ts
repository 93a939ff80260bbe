import type { Round } from './exchange.ts'
import type { Client, Took } from './processes.ts'

/** What each client's rounds took, by its name; the so many-th of each were made next to each other. */
export type Measured = Map<string, Took[]>

/**
 * Short rounds in turn, so that every client meets the same moments of the machine. Who begins moves on
 * with every round, so that none always follows the same other. A round to warm up is not counted.
 */
export async function interleave(
  clients: readonly Client[],
  rounds: number,
  roundFor: (number: number) => Round,
): Promise<Measured> {
  const measured: Measured = new Map(clients.map(({ name }) => [name, []]))
  let number = 0
  for (const client of clients) await client.round(roundFor(number++))
  for (let turn = 0; turn < rounds; turn += 1) {
    for (let place = 0; place < clients.length; place += 1) {
      const client = clients[(turn + place) % clients.length]
      if (client === undefined) continue
      measured.get(client.name)?.push(await client.round(roundFor(number++)))
    }
  }
  return measured
}

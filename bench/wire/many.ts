import type { TextTable } from '../../kit/bench/split/text-table.ts'
import { type Client, cpuUsOf, rateOf, type Took } from '../../kit/bench/wire/processes.ts'

export type Many = { name: string; took: Took; grownKib: number }

const IN_FLIGHT = 16

/** So many connections in one run by a process that has made one before, which loads its code. */
export async function manyInARow(
  client: Client,
  to: { host: string; port: number },
  connections: number,
): Promise<Many> {
  const first = await client.round({ ...to, connections: 1, inFlight: 1 })
  const took = await client.round({ ...to, connections, inFlight: IN_FLIGHT })
  return { name: client.name, took, grownKib: took.peakKib - first.peakKib }
}

export function manyTable(all: readonly Many[]): TextTable {
  return {
    title: `Many connections in one run to one address, ${IN_FLIGHT} in flight`,
    explained:
      'Memory: by how much the most that was resident has grown since the first connection.',
    headings: ['', 'connections', 'errors', 'a second', 'CPU us each', 'memory MiB', 'bytes each'],
    rows: all.map(({ name, took, grownKib }) => [
      name,
      String(took.connections),
      String(took.errors),
      rateOf(took).toFixed(0),
      cpuUsOf(took).toFixed(0),
      (grownKib / 1024).toFixed(1),
      ((grownKib * 1024) / took.connections).toFixed(0),
    ]),
  }
}

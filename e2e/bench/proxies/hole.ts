import { setTimeout as pause } from 'node:timers/promises'
import { listAt, numberAt } from '../../../sandbox/objects/json.ts'
import type { HeldConnection } from '../../faults/held-connection.ts'
import type { Api } from '../../objects/api.ts'
import { wrongWeights } from '../../objects/envoy-filters.ts'
import { virtualService } from '../../objects/tutorial.ts'
import { within } from '../../processes/within.ts'
import { gatewaySplits } from '../../suite/support/route.ts'
import { inARow, type Row } from '../in-a-row.ts'

type Replicas = Readonly<Record<'first' | 'second', HeldConnection>>

/** How much later the second replica changes. */
const APART_MS = 1000

/**
 * Runs that are asked to go from 15% to 5%, while the replicas go to 0% one second apart: in that second, the connections
 * really are split 92.5 to 7.5.
 */
export async function hole(
  api: Api,
  replicas: Replicas,
  count: number,
  proxies: 'auto' | 'off',
): Promise<Row> {
  const row: Row = { ended: [], reports: [] }
  for (let index = 0; index < count; index += 1) {
    await bothAtStart(api, replicas)
    replicas.first.hold()
    replicas.second.hold()
    await api.create(wrongWeights())
    const changing = changeApart(api, replicas)
    const inputs = { proxies, subset: 'v2', weight: '5', 'propagation-timeout': '2s' }
    const { ended, reports } = await inARow(1, () => inputs)
    await changing
    row.ended.push(...ended)
    row.reports.push(...reports)
  }
  await bothAtStart(api, replicas)
  return row
}

async function bothAtStart(api: Api, { first, second }: Replicas): Promise<void> {
  first.release()
  second.release()
  await api.remove(wrongWeights())
  const weights = { v1: 85, v2: 15 }
  await api.replace(virtualService(weights))
  await gatewaySplits(weights, 'first')
  await gatewaySplits(weights, 'second')
}

async function changeApart(api: Api, { first, second }: Replicas): Promise<void> {
  await within(20_000, 'the write of 5%', async () => {
    const object = await api.read(virtualService())
    return numberAt(listAt(object, 'spec', 'tcp', 0, 'route')[1], 'weight') === 5
  })
  first.release()
  await pause(APART_MS)
  second.release()
}

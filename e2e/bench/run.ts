import { parseArgs } from 'node:util'
import { compare, comparisonText } from '../../kit/bench/run/compare.ts'
import { WAYS } from '../../kit/bench/run/ways.ts'
import { virtualService } from '../objects/tutorial.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { gatewayRoutes } from '../processes/gateway-routes.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'
import { startAt } from './start-at.ts'

/**
 * npm run e2e -- bench --run [--rounds 20]: API calls and time of a shift on the real mesh, from the start of the
 * process to its end, compared with kubectl and the tutorial's loop. It needs nc.
 */
async function main(rounds: number): Promise<void> {
  await startAt({ v1: 80, v2: 20 })
  const mesh = {
    kubeconfig: adminKubeconfig(),
    gateway: GATEWAY,
    manifest: (weightPercent: number) =>
      JSON.stringify(virtualService({ v1: 100 - weightPercent, v2: weightPercent })),
    serves: async (weightPercent: number) => (await gatewayRoutes())?.v2 === weightPercent,
  }
  process.stdout.write(`${comparisonText(await compare(mesh, WAYS, rounds))}\n`)
}

const { values } = parseArgs({
  options: { run: { type: 'boolean' }, rounds: { type: 'string', default: '20' } },
})
await main(Number(values.rounds))
process.exit()

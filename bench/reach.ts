import { parseArgs } from 'node:util'
import {
  apiServerOf,
  compareWays,
  portForward,
  serviceProxyDial,
  type Way,
} from '../kit/bench/reach/ways.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { ourRequests, requestsBy } from './wire/our-requests.ts'
import { ourExchanges } from './wire/ours.ts'

/**
 * npm run bench:reach [-- --rounds 10]: samples a second of each way to the gateway that `connect` has, on the embedded
 * mesh, whose API server and gateway share this process. `npm run e2e -- bench --reach` compares them with kubectl and Go.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } })
const sandbox = await startSandbox({
  weights: { v1: 80, v2: 20 },
  web: { http: { v1: 80, v2: 20 } },
})
const api = apiServerOf(sandbox.kubeconfig)
const service = { namespace: 'istio-system', name: 'istio-ingressgateway', port: 8080 }
const pod = { namespace: 'istio-system', name: 'istio-ingressgateway-0' }
const forward = await portForward(api, pod, sandbox.gateway.port)
const proxy = serviceProxyDial(api, service, 'web.example.com')
const asked = { version: '1.1', authority: 'web.example.com', ca: undefined, keeps: false } as const
const requests: Way['exchange'] = (round) => ourRequests(asked, round)
const ways: readonly Way[] = [
  { name: 'connections: direct', to: sandbox.gateway, exchange: ourExchanges },
  { name: 'connections: port-forward', to: forward, exchange: ourExchanges },
  {
    name: 'requests: direct',
    to: { host: sandbox.web.host, port: sandbox.web.http },
    exchange: requests,
  },
  {
    name: 'requests: api-proxy',
    to: sandbox.gateway,
    exchange: (round) => requestsBy(proxy, round),
  },
]
const { table, failed } = await compareWays(ways, Number(values.rounds) + 1, 300)
process.stdout.write(
  `${table}\n${failed === 0 ? 'No sample failed.' : `${failed} samples failed.`}\n`,
)
forward.close()
api.close()
await sandbox.stop()
process.exitCode = failed === 0 ? 0 : 1

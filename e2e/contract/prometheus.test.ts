import { createServer } from 'node:http'
import { afterAll, beforeAll } from 'vitest'
import { type PrometheusSubject, testPrometheus } from '../../kit/contract/prometheus.ts'
import { PROMETHEUS } from '../processes/addresses.ts'
import { killProcess } from '../processes/process.ts'
import { APP_METRICS_PORT, startPrometheus } from '../processes/prometheus.ts'
import { within } from '../processes/within.ts'

let metrics = () => ''
let collected = 0
const target = createServer((_, response) => {
  collected += 1
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${metrics()}\n`)
})

beforeAll(async () => {
  await new Promise<void>((listening) => target.listen(APP_METRICS_PORT, '127.0.0.1', listening))
  await startPrometheus()
})
afterAll(async () => {
  await killProcess('prometheus')
  target.closeAllConnections()
  target.close()
})

const subject: PrometheusSubject = {
  url: PROMETHEUS,
  async expose(given) {
    metrics = given
    const before = collected
    // With the third request the answers to two are stored.
    await within(20_000, 'metrics that were collected twice', () => collected >= before + 3)
  },
}

testPrometheus(() => subject)

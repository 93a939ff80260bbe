import { writeFileSync } from 'node:fs'
import { listAt, parseJson } from '../../sandbox/objects/json.ts'
import { ADMIN_PORTS, PROMETHEUS } from './addresses.ts'
import { textFrom } from './http.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

/** How often it asks the gateway. */
const EVERY = '1s'

/** A port at which a test can show metrics of its own, with the label job="app". */
export const APP_METRICS_PORT = 15070

/**
 * Starts a Prometheus that collects the metrics of the gateway's first replica, and resolves when it has the first ones. Only
 * the tests of metrics need it.
 */
export async function startPrometheus(): Promise<void> {
  const file = statePath('prometheus.json')
  const envoy = {
    job_name: 'envoy',
    metrics_path: '/stats/prometheus',
    static_configs: [{ targets: [`127.0.0.1:${ADMIN_PORTS.first}`] }],
  }
  const app = {
    job_name: 'app',
    static_configs: [{ targets: [`127.0.0.1:${APP_METRICS_PORT}`] }],
  }
  const timing = { scrape_interval: EVERY, scrape_timeout: EVERY }
  writeFileSync(file, JSON.stringify({ global: timing, scrape_configs: [envoy, app] }))
  startProcess('prometheus', [
    ...['prometheus', '--config.file', file, '--storage.tsdb.path', statePath('prometheus')],
    ...['--web.listen-address', new URL(PROMETHEUS).host, '--log.level', 'warn'],
  ])
  await within(30_000, 'the first metrics of the gateway', async () => {
    const found = await queried('up{job="envoy"} == 1')
    return found.length === 1
  })
}

/** The series that a query gives now. */
export async function queried(query: string): Promise<readonly unknown[]> {
  const url = `${PROMETHEUS}/api/v1/query?query=${encodeURIComponent(query)}`
  return listAt(parseJson(await textFrom(url)), 'data', 'result')
}

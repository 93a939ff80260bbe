import { afterAll } from 'vitest'
import { type PrometheusSubject, testPrometheus } from '../../kit/contract/prometheus.ts'
import { type Prometheus, startPrometheus } from '../../sandbox/prometheus/prometheus.ts'

let metrics = () => ''
const started: Promise<Prometheus> = startPrometheus(() => metrics())
const { url, scrape, stop } = await started
afterAll(stop)

const subject: PrometheusSubject = {
  url,
  async expose(given) {
    metrics = given
    scrape()
    // The next one is at another time, so that a counter has a rate.
    await new Promise((later) => setTimeout(later, 5))
    scrape()
  },
}

testPrometheus(() => subject)

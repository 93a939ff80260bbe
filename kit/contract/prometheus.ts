import { beforeAll, describe, expect, test } from 'vitest'
import { prometheusClient } from '../../src/evidence/prometheus/prometheus-client.ts'

/** A server with the HTTP API of Prometheus: the stand-in of the sandbox, or a real one. */
export type PrometheusSubject = {
  url: string
  /** Makes its only target, with the labels job="app" and instance, show these metrics. Resolves when they were collected twice. */
  expose(metrics: () => string): Promise<void>
}

/** More than the longest address that is sent as GET. */
const LONG = `vector(1) # ${'x'.repeat(5000)}`

/** Declares what the project counts on of a server with the HTTP API of Prometheus. */
export function testPrometheus(subject: () => PrometheusSubject): void {
  describe('a server with the HTTP API of Prometheus', () => {
    const signal = new AbortController().signal
    const ask = (query: string) =>
      prometheusClient({ url: subject().url, headers: [] }, (text) => text)(query, signal)

    beforeAll(async () => {
      let requests = 0
      await subject().expose(() => {
        requests += 10
        return [
          `app_requests_total{version="v1",code="200"} ${requests * 4}`,
          `app_requests_total{version="v2",code="200"} ${requests}`,
          `app_requests_total{version="v2",code="500"} ${requests / 10}`,
          'app_queue{name="a.b"} 7',
          'app_queue{name="axb"} 9',
          'app_text{name="\\"quoted\\" back\\\\slash"} 3',
          'app_limit{name="a.b"} 10',
          'app_not_a_number NaN',
        ].join('\n')
      })
    })

    test.each([
      ['1.5', 1.5],
      ['-2 * (3 + 1)', -8],
      ['vector(0.25)', 0.25],
      ['app_queue{name="a.b"}', 7],
      ["app_queue{name='a.b'}", 7],
      ['app_queue{name=~`a\\.b`}', 7],
      ['app_queue{name=~"a\\\\.b"}', 7],
      ['sum(app_queue{name=~"a.b"})', 16],
      ['max(app_queue)', 9],
      ['sum by (job) (app_queue)', 16],
      ['app_queue{name!="a.b"}', 9],
      ['app_queue{name!~"a[.]b"}', 9],
      ['app_text{name="\\"quoted\\" back\\\\slash"}', 3],
      ['app_queue > 8', 9],
      ['app_queue / app_limit', 0.7],
      ['sum(app_queue{name="none"}) or vector(0)', 0],
      ['app_queue{name="a.b"} # a comment with "one mark', 7],
      ['up{job="app"}', 1],
      ['scalar(app_queue{name="a.b"})', 7],
    ])('gives one number for %s', async (query, value) => {
      expect(await ask(query)).toEqual({ kind: 'value', value })
    })

    test('gives one number for a query that is longer than an address may be', async () => {
      expect(await ask(LONG)).toEqual({ kind: 'value', value: 1 })
    })

    test.each([
      ['app_queue{name="none"}', { kind: 'no-data' }],
      ['vector(1) == 2', { kind: 'no-data' }],
      ['rate(app_requests_total{version="none"}[30s])', { kind: 'no-data' }],
      ['0 / 0', { kind: 'not-finite', text: 'NaN' }],
      ['app_not_a_number', { kind: 'not-finite', text: 'NaN' }],
      ['scalar(app_queue)', { kind: 'not-finite', text: 'NaN' }],
      ['1 / 0', { kind: 'not-finite', text: '+Inf' }],
      ['vector(-1) / 0', { kind: 'not-finite', text: '-Inf' }],
      ['app_queue', { kind: 'several', series: 2 }],
      ['"7"', { kind: 'other-type', type: 'string' }],
      ['app_queue{name="a.b"}[30s]', { kind: 'other-type', type: 'matrix' }],
    ])('gives no number for %s', async (query, why) => {
      expect(await ask(query)).toEqual({ kind: 'no-value', why })
    })

    test.each([
      'sum(',
      'app_queue{name="a.b"',
      'app_queue{name=a}',
      '{}',
      'rate(app_requests_total)',
      'sum(1)',
      '1 == 1',
      'no_function(1)',
      'app_queue{name="\\q"}',
    ])('refuses %s with status 400 and a text', async (query) => {
      const answered = await ask(query)
      expect(answered).toMatchObject({ why: { kind: 'refused', status: 400 } })
      expect(answered).toHaveProperty('why.text', expect.stringContaining('parse error'))
    })

    test('refuses a query that the data of now does not allow with status 422', async () => {
      expect(await ask('{__name__=~"app_queue|app_limit"} / app_limit')).toMatchObject({
        why: { kind: 'refused', status: 422 },
      })
    })

    test('gives the rate of a counter, and shares of rates', async () => {
      const total = await ask('sum(rate(app_requests_total{version="v2"}[30s]))')
      expect(total).toMatchObject({ kind: 'value' })
      const share = await ask(
        'sum(rate(app_requests_total{version="v2",code=~"5.."}[30s])) / sum(rate(app_requests_total{version="v2"}[30s]))',
      )
      expect(share).toMatchObject({ kind: 'value', value: expect.closeTo(1 / 11, 6) })
    })

    test('answers GET and POST alike, and a path that is no part of the API with 404', async () => {
      const { url } = subject()
      const form = new URLSearchParams({ query: 'vector(1)', timeout: '10s' })
      const got = await (await fetch(`${url}/api/v1/query?${form}`)).json()
      const posted = await (
        await fetch(`${url}/api/v1/query`, { method: 'POST', body: form })
      ).json()
      for (const answer of [got, posted])
        expect(answer).toMatchObject({
          status: 'success',
          data: {
            resultType: 'vector',
            result: [{ metric: {}, value: [expect.any(Number), '1'] }],
          },
        })
      expect((await fetch(`${url}/metric/api/v1/query?${form}`)).status).toBe(404)
    })
  })
}

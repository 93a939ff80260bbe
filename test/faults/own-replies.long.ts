import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { routeText, WEB_ROUTE } from '../../kit/run/object.ts'
import { runHttp, SURE } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

const BY_HEADER = '{v1: {header: {x-version: "^v1$"}}, v2: {header: {x-version: "^v2$"}}}'
/** Matches any body, those of the gateway too. */
const BY_BODY = '{v1: ".", v2: "never"}'
const SHIFT = { subset: 'v2', weight: '50', tolerance: '20', confidence: SURE }

let sandbox: Sandbox
let began: string
beforeEach(async () => {
  sandbox = await startSandbox({ proxies: true, web: { http: { v1: 80, v2: 20 } }, debounceMs: 10 })
  began = routeText(sandbox, WEB_ROUTE)
})
afterEach(() => sandbox.stop())

describe('fault 37: replies that the gateway makes itself', () => {
  test.each([
    [401, BY_HEADER],
    [403, BY_BODY],
    [404, 'stamp'],
    [429, BY_HEADER],
    [500, BY_BODY],
    [503, 'stamp'],
  ])(
    'a %d to every request before the write leaves the object as it was, and is shown, with expect: %s',
    async (status, given) => {
      const own = { kind: 'reply', when: 'before-route', status, body: 'denied' } as const
      await sandbox.faults.gateway(own)
      const { outcome } = await runHttp(sandbox, { ...SHIFT, expect: given })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
      expect(outcome.message).toContain(`${status} denied`)
      expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
    },
  )

  test.each(['stamp', BY_HEADER])(
    'a 503 to every third request after the write is rolled back, with expect: %s',
    async (given) => {
      const { outcome } = await runHttp(
        sandbox,
        { ...SHIFT, expect: given },
        {
          onLine: (line) =>
            line.startsWith('Written at')
              ? sandbox.faults.gateway({
                  kind: 'reply',
                  when: 'before-route',
                  status: 503,
                  every: 3,
                })
              : undefined,
        },
      )
      expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
      expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
    },
  )

  test('a version without endpoints is named by the stamp in the replies of the gateway', async () => {
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { outcome } = await runHttp(sandbox, { ...SHIFT, expect: 'stamp' })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'unhealthy', rolledBack: true })
    expect(outcome.message).toMatch(/^Requests to v2 fail more often than those to the others: /m)
    expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
  })

  test('a version that loses its endpoints is a lack of replies where nothing else names it', async () => {
    const { outcome } = await runHttp(
      sandbox,
      { ...SHIFT, expect: BY_HEADER },
      {
        onLine: (line) =>
          line.startsWith('Written at')
            ? sandbox.faults.destination('v2', { kind: 'dead' })
            : undefined,
      },
    )
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
    expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
  })
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { specPinned } from '../../kit/run/edited-answers.ts'
import { hasJournal, routeText, WEB_ROUTE } from '../../kit/run/object.ts'
import { runHttp, SURE } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { headlineOf } from '../../src/report/facts/headline.ts'

/** Wide enough to be confirmed by some dozen requests. */
const SHIFT = { subset: 'v2', weight: '50', expect: 'stamp', tolerance: '20', confidence: SURE }

/** The write after the one of the weights. */
const RELEASE = { method: 'PATCH', dryRun: false, nth: 2 }

let sandbox: Sandbox
let began: string
/** How far the API server's clock is ahead. */
let aheadMs = 0

const text = () => routeText(sandbox, WEB_ROUTE)

/** The object is byte for byte as it began. */
function expectRestored(): void {
  expect(text()).toBe(began)
}

describe('a shift with stamps', () => {
  beforeEach(async () => {
    aheadMs = 0
    sandbox = await startSandbox({
      web: { http: { v1: 80, v2: 20 } },
      debounceMs: 10,
      now: () => new Date(Date.now() + aheadMs),
    })
    began = text()
  })
  afterEach(() => sandbox.stop())

  test('passes, and leaves the weights without stamps and journal', async () => {
    let meanwhile = ''
    const { outcome, log } = await runHttp(sandbox, SHIFT, {
      onLine: (line) => {
        if (line.startsWith('Written at')) meanwhile = text()
      },
    })
    expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 50, v2: 50 } })
    expect(meanwhile).toContain('x-istio-traffic-shift')
    expect(log).not.toMatch(/\bbug\b/)
    expectAsAsked()
  })

  test('confirms each step with stamps of its own', async () => {
    const { outcome } = await runHttp(sandbox, { ...SHIFT, steps: '35' })
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks).toHaveLength(2)
    expectAsAsked()
  })

  test('writes stamps although the weights stay, and removes them', async () => {
    const { outcome, log } = await runHttp(sandbox, { ...SHIFT, weight: '20' })
    expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 80, v2: 20 } })
    expect(log).not.toContain('ITS-TOLERANCE-TOO-WIDE')
    expectRestored()
  })

  test('rolls back a version that answers with errors, which it names, and leaves no stamp', async () => {
    await sandbox.faults.destination('v2', { kind: 'status', status: 503, body: 'broken' })
    const { outcome } = await runHttp(sandbox, SHIFT)
    expect(outcome).toMatchObject({
      verdict: 'fail',
      reason: 'unhealthy',
      code: 'ITS-MORE-ERRORS',
      rolledBack: true,
      weights: { v1: 80, v2: 20 },
    })
    expect(outcome.message).toMatch(
      /v2 has a higher error rate than the others: [\d,]+ of [\d,]+ requests/,
    )
    expect(outcome.message).toContain('for example "503 broken"')
    expectRestored()
  })

  test('says that the gateway made the errors itself where it gets no connection to a version', async () => {
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { outcome, record } = await runHttp(sandbox, SHIFT)
    expect(outcome).toMatchObject({ reason: 'unhealthy', code: 'ITS-MORE-ERRORS' })
    expect(outcome.message).toMatch(/Requests to v2 fail more often than those to the others: /)
    expect(outcome.message).toContain(
      'itself, not v2. The gateway gets no connection to the destination, or loses it before the reply.',
    )
    expect(outcome.remedy).toContain('Check that its Pods listen on the port of the Service')
    expect(headlineOf(record, outcome)).toMatch(
      /: [\d,]+ of [\d,]+ requests to v2 were errors, most of the gateway itself\./,
    )
    expectRestored()
  })

  test('keeps its weights without stamps where on-failure is keep', async () => {
    await sandbox.faults.destination('v2', { kind: 'status', status: 503 })
    const { outcome, log } = await runHttp(sandbox, { ...SHIFT, 'on-failure': 'keep' })
    expect(outcome).toMatchObject({ reason: 'unhealthy', rolledBack: false })
    expect(log).not.toContain('The gateway does not use them')
    expectAsAsked()
  })

  test('verify does not call the split refuted where errors ended its check', async () => {
    await sandbox.faults.destination('v2', { kind: 'status', status: 503 })
    const expected = { v1: '"version":"v1"', v2: '"version":"v2"' }
    const { outcome, log } = await runHttp(sandbox, {
      mode: 'verify',
      weights: 'current',
      expect: JSON.stringify(expected),
      confidence: SURE,
    })
    expect(outcome.reason).toBe('unhealthy')
    expect(log).toContain('The split is not confirmed.')
  })

  test.each(['before-route', 'after-route'] as const)(
    'writes nothing where the gateway denies every request %s',
    async (when) => {
      await sandbox.faults.gateway({ kind: 'reply', when, status: 401 })
      const { outcome } = await runHttp(sandbox, SHIFT)
      expect(outcome).toMatchObject({
        verdict: 'error',
        reason: 'preflight',
        code: 'ITS-NO-SUCCESSFUL-REPLY',
        wrote: false,
      })
      expectRestored()
    },
  )

  test('does not pass while the gateway has the former configuration', async () => {
    await sandbox.faults.gateway({ kind: 'never' })
    const { outcome, log } = await runHttp(sandbox, { ...SHIFT, 'propagation-timeout': '100ms' })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated', rolledBack: true })
    expect(log).not.toContain('restored and in use')
    expectRestored()
  })

  test('does not blame the previous weights where replies with its stamps are split by them', async () => {
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 80, v2: 20 } })
    const { outcome } = await runHttp(sandbox, { ...SHIFT, 'propagation-timeout': '100ms' })
    expect(outcome).toMatchObject({ reason: 'off-target', code: 'ITS-OFF-TARGET' })
    expect(outcome.message).toContain(
      'The gateway has the write, as the stamps of these replies show',
    )
    expect(outcome.remedy).toContain('envoyfilters')
    expect(outcome.remedy).not.toContain('proxy-status')
    expectRestored()
  })

  test('fails for lack of replies where the gateway denies every third request after the write', async () => {
    const { outcome } = await runHttp(sandbox, SHIFT, {
      onLine: (line) =>
        line.startsWith('Written at')
          ? sandbox.faults.gateway({ kind: 'reply', when: 'before-route', status: 429, every: 3 })
          : undefined,
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
    expectRestored()
  })

  test('restores the weights where it is cancelled while the journal and the stamps are removed', async () => {
    const cancel = new AbortController()
    await sandbox.faults.api({
      match: RELEASE,
      times: 1,
      act: async (_request, handle) => {
        await handle()
        cancel.abort()
        return { kind: 'hang' }
      },
    })
    const { outcome } = await runHttp(sandbox, SHIFT, { cancelled: cancel.signal })
    expect(outcome).toMatchObject({ reason: 'cancelled', rolledBack: true })
    expectRestored()
  })

  test('removes its stamps with another write where a webhook takes that out of the first', async () => {
    await sandbox.faults.api({ match: RELEASE, times: 1, act: specPinned() })
    const { outcome } = await runHttp(sandbox, SHIFT)
    expect(outcome.verdict).toBe('pass')
    expectAsAsked()
  })

  test('says after a minute that a webhook keeps the stamps, and how to remove them', async () => {
    const laterMs = { by: 0 }
    const now = performance.now.bind(performance)
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + laterMs.by)
    let isReleasing = false
    const pinned = specPinned()
    await sandbox.faults.api({
      match: { method: 'PATCH', dryRun: false },
      act: (request, handle, stop) => (isReleasing ? pinned(request, handle, stop) : handle()),
    })
    const { outcome } = await runHttp(sandbox, SHIFT, {
      onLine: (line) => {
        isReleasing ||= line.startsWith('Written at')
        if (line.startsWith('The last write has not succeeded yet')) laterMs.by += 60_000
      },
    })
    clock.mockRestore()
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'rollback-failed',
      code: 'ITS-STAMPS-KEPT-BY-WEBHOOK',
      weights: { v1: 50, v2: 50 },
    })
    expect(outcome.remedy).toMatch(
      /^Exempt the object from the webhook, then remove the header:\n {2}kubectl .*"weight":50/,
    )
    expect(outcome.remedy).not.toContain('x-istio-traffic-shift')
    expect(hasJournal(sandbox, WEB_ROUTE)).toBe(false)
  })

  test('blames a webhook for weights that it changes in the write that removes the stamps', async () => {
    await sandbox.faults.api({
      match: RELEASE,
      act: (request, handle) => {
        request.body = request.body
          .replaceAll('"weight":50', '"weight":51')
          .replace('"weight":51', '"weight":49')
        return handle()
      },
    })
    const { outcome } = await runHttp(sandbox, SHIFT)
    expect(outcome.code).toBe('ITS-WEBHOOK-CHANGED-WRITE')
    expect(outcome.message).toContain('An admission webhook changed the rule')
    expect(text()).not.toContain('x-istio-traffic-shift')
  })

  test('leaves alone what another client did to the weights, but for its stamps, and names that client', async () => {
    const changed = { v1: 45, v2: 55 }
    const { outcome } = await runHttp(sandbox, SHIFT, {
      onLine: (line) => {
        if (!line.startsWith('Written at')) return
        aheadMs += 5000
        setWeights(changed)
        aheadMs += 5000
      },
    })
    expect(outcome.message).toContain('Field manager admin changed the weights')
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'changed-by-other' })
    expect(text()).not.toContain('x-istio-traffic-shift')
    expect(text()).toContain('"weight": 45')
  })

  test.each([
    ['passes', undefined],
    ['fails', 503],
  ])('leaves empty fields of headers as they were where it %s', async (_, status) => {
    const spec = JSON.parse(JSON.stringify(sandbox.objects.get(WEB_ROUTE)?.spec))
    spec.http[0].route[0].headers = {}
    spec.http[0].route[1].headers = { request: { set: {} }, response: { set: {} } }
    sandbox.objects.patch(WEB_ROUTE, { spec })
    began = text()
    if (status) await sandbox.faults.destination('v2', { kind: 'status', status })
    const { outcome } = await runHttp(sandbox, SHIFT)
    expect(outcome.verdict).toBe(status ? 'fail' : 'pass')
    if (status) expectRestored()
    else expectAsAsked()
  })

  test('is refused where the rule itself sets the header', async () => {
    const object = sandbox.objects.get(WEB_ROUTE)
    const spec = JSON.parse(JSON.stringify(object?.spec))
    spec.http[0].headers = { response: { set: { 'X-Istio-Traffic-Shift': 'mine' } } }
    sandbox.objects.patch(WEB_ROUTE, { spec })
    began = text()
    const { outcome } = await runHttp(sandbox, SHIFT)
    expect(outcome).toMatchObject({ reason: 'input', code: 'ITS-STAMP-CONFLICT', wrote: false })
    expectRestored()
  })
})

test('a shift with stamps never passes a gateway of which one replica has the former configuration', async () => {
  sandbox = await startSandbox({ web: { http: { v1: 80, v2: 20 } }, debounceMs: 10, replicas: 2 })
  try {
    began = text()
    await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
    const { outcome } = await runHttp(sandbox, { ...SHIFT, 'propagation-timeout': '500ms' })
    expect(outcome).toMatchObject({ reason: 'not-propagated', code: 'ITS-NOT-PROPAGATED' })
    expectRestored()
  } finally {
    await sandbox.stop()
  }
})

/** The object has the weights that were asked for, and nothing else that it did not have. */
function expectAsAsked(): void {
  const asked = began
    .replace('"weight": 80', '"weight": 50')
    .replace('"weight": 20', '"weight": 50')
  expect(text()).toBe(asked)
}

/** Another client's edit of the weights. The stamps stay as they are. */
function setWeights(weights: Readonly<Record<string, number>>): void {
  const spec = JSON.parse(JSON.stringify(sandbox.objects.get(WEB_ROUTE)?.spec))
  for (const item of spec.http[0].route) item.weight = weights[item.destination.subset]
  sandbox.objects.patch(WEB_ROUTE, { spec })
}

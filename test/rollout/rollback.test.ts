import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasJournal, ROUTE, routeText, weightsOn, writes } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { deniedBy, hooks, respond } from '../../sandbox/faults/api-acts.ts'
import type { Act } from '../../sandbox/faults/api-fault.ts'
import type { Json } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { FENCE, JOURNAL } from '../../src/journal/journal.ts'

let sandbox: Sandbox
let before: string
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  before = routeText(sandbox)
})
afterEach(() => sandbox.stop())

/** A run that writes 50/50 and never passes. */
const FAILING = { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' }

const WRITE = { method: 'PATCH', dryRun: false }

/** Orders a fault as soon as the run says that it has written. */
function onceWritten(act: () => unknown) {
  return { onLine: (text: string) => (/^Written/.test(text) ? act() : undefined) }
}

type Spec = { tcp: { route: { weight: number; destination: Json }[] }[] }

/** A copy of the object's spec, to be changed. */
function spec(): Spec {
  return structuredClone(sandbox.objects.get(ROUTE)?.spec) as Spec
}

function setWeights(weights: readonly number[], manager: string): void {
  const changed = spec()
  for (const [index, route] of (changed.tcp[0]?.route ?? []).entries()) {
    route.weight = weights[index] ?? 0
  }
  sandbox.objects.patch(ROUTE, { spec: changed }, manager)
}

describe('a rollback', () => {
  test('is not claimed where a controller has restored the previous weights and left the journal: it is named', async () => {
    const { outcome } = await runOn(
      sandbox,
      FAILING,
      onceWritten(() => setWeights([80, 20], 'argocd-controller')),
    )
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'changed-by-other',
      rolledBack: false,
    })
    expect(outcome.message).toContain('argocd-controller')
    expect(hasJournal(sandbox)).toBe(false)
  })

  test.each([/^Restore /, /^Restored at/, /v2 \d+% is undecided/])(
    'comes also where a log line cannot be written: %s',
    async (line) => {
      const { outcome } = await runOn(sandbox, FAILING, {
        onLine: (text) => {
          if (line.test(text)) throw new Error('no space left on device')
        },
      })
      expect(outcome).toMatchObject({ verdict: 'inconclusive', rolledBack: true })
      expect(routeText(sandbox)).toBe(before)
    },
  )

  test('by a cancel in the middle of a look at the gateway is reported as not checked', async () => {
    const cancel = new AbortController()
    const { outcome } = await runOn(sandbox, FAILING, {
      cancelled: cancel.signal,
      onLine: (text) => (/^Restored at/.test(text) ? cancel.abort() : undefined),
    })
    expect(outcome.rolledBack).toBe(true)
    expect(outcome.message).toContain('Whether the gateway uses them was not checked.')
  })
})

describe('a rollback that a webhook changes', () => {
  test('does not claim to have restored the previous weights', async () => {
    const changes: Act = async (request, handle) => {
      request.body = request.body.replace('"weight":80', '"weight":75')
      request.body = request.body.replace('"weight":20', '"weight":25')
      return handle()
    }
    await sandbox.faults.api({ match: WRITE, act: changes })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(weightsOn(sandbox)).toEqual({ v1: 75, v2: 25 })
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'rollback-failed',
      rolledBack: false,
      weights: { v1: 75, v2: 25 },
    })
    expect(outcome.message).toContain(
      'An admission webhook changed them in the write that restores them.',
    )
  })
})

describe('a rollback from a version that is dead by then', () => {
  test('takes its connections back, though it had some before the run too', async () => {
    const killed = async () => void (await sandbox.faults.destination('v2', { kind: 'not-ready' }))
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after: killed }) })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
  })

  test('is not waited for to make the gateway answer for it', async () => {
    const killed = async () => void (await sandbox.faults.destination('v2', { kind: 'dead' }))
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after: killed }) })
    const { outcome, record } = await runOn(sandbox, {
      subset: 'v2',
      weight: '50',
      tolerance: '15',
    })
    expect(outcome).toMatchObject({ reason: 'no-reply', rolledBack: true })
    expect(outcome.message).toContain('connections still get no recognized reply')
    expect(record.restoreCheck?.attempts).toHaveLength(1)
    expect(routeText(sandbox)).toBe(before)
  })
})

describe('a webhook that changes the weights of the write alone', () => {
  /** Carries out the write of 50/50 as one of 60/40. */
  const changes: Act = async (request, handle) => {
    request.body = request.body.replace('route/0/weight","value":50', 'route/0/weight","value":60')
    request.body = request.body.replace('route/1/weight","value":50', 'route/1/weight","value":40')
    return handle()
  }

  test('as one does that no dry run reaches is found out, and the previous weights are restored', async () => {
    const no = 'admission webhook "weights.example.com" does not support dry run'
    await sandbox.faults.api({
      match: { dryRun: true },
      act: respond(400, { body: { kind: 'Status', message: no } }),
    })
    await sandbox.faults.api({ match: WRITE, act: changes })
    const { outcome, log } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '15' })
    expect(log).toContain('A webhook does not support dry runs, so the write was not tried first.')
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'changed-by-other',
      rolledBack: true,
      weights: { v1: 80, v2: 20 },
    })
    expect(outcome.message).toContain('v1 60%, v2 40% was stored instead of v1 50%, v2 50%')
    expect(outcome.remedy).toContain('get mutatingwebhookconfigurations')
    expect(routeText(sandbox)).toBe(before)
  })
})

describe('a write that is refused', () => {
  test('by a webhook that let the dry run through leaves nothing to restore, and its message is reported', async () => {
    await sandbox.faults.api({
      match: WRITE,
      act: deniedBy('policy.example.com', 'not on a Friday'),
    })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
    expect(outcome.message).toContain(
      'admission webhook "policy.example.com" denied the request: not on a Friday',
    )
    expect(writes(sandbox)).toHaveLength(1)
    expect(routeText(sandbox)).toBe(before)
  })

  test('as stale, since it had landed and a controller put its own weights over it, is not another run', async () => {
    const act: Act = async (_, handle) => {
      await handle()
      setWeights([70, 30], 'argocd-controller')
      return { kind: 'drop' }
    }
    await sandbox.faults.api({ match: WRITE, times: 1, act })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'changed-by-other' })
    expect(outcome.message).not.toContain('another run')
    expect(outcome.message).not.toContain('nothing was written')
    expect(outcome.message).toContain('argocd-controller')
    expect(weightsOn(sandbox)).toEqual({ v1: 70, v2: 30 })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('without the right, names the rule that grants it', async () => {
    sandbox.tokens.set('reader', {
      name: 'reader',
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
    })
    const { outcome } = await runOn({ kubeconfig: sandbox.kubeconfigFor('reader') }, FAILING)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'access' })
    expect(outcome.remedy).toContain(
      'resources: ["virtualservices"], verbs: ["patch"], resourceNames: ["tcp-echo"]',
    )
  })

  test('by another run that was faster is locked, with whose it is', async () => {
    const route = spec().tcp[0]?.route
    const journal = {
      run: 'other',
      attempt: 1,
      owner: 'other',
      match: [{ port: 31400 }],
      original: route,
      written: route,
      onFailure: 'rollback',
      expires: '2999-01-01T00:00:00Z',
    }
    const annotations = { [JOURNAL]: JSON.stringify(journal) }
    const act = hooks({
      before: () => void sandbox.objects.patch(ROUTE, { metadata: { annotations } }),
    })
    await sandbox.faults.api({ match: WRITE, times: 1, act })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'locked', rolledBack: false })
    expect(outcome.message).toContain('run other (attempt 1)')
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  })
})

describe('what a run leaves for post', () => {
  /** The most that one variable of a process's environment may hold (Linux, MAX_ARG_STRLEN). */
  const MOST_BYTES = 128 * 1024

  test('fits into its environment, however much there is in the entry: post could not start', async () => {
    const destinationSubnets = Array.from(
      { length: 9000 },
      (_, i) => `10.${i >> 8}.${i & 255}.0/24`,
    )
    const tcp = spec().tcp.map((rule) => ({
      ...rule,
      match: [{ port: 31400, destinationSubnets }],
    }))
    sandbox.objects.patch(ROUTE, { spec: { tcp } })
    await sandbox.applied()
    const { intents } = await runOn(sandbox, FAILING)
    expect(intents).toHaveLength(1)
    expect(Buffer.byteLength(JSON.stringify(intents[0]))).toBeLessThan(MOST_BYTES)
    expect(intents[0]?.manualCommand).toMatch(
      /^kubectl .* get virtualservice 'tcp-echo' --output yaml$/,
    )
  })
})

describe('a run that ends before its write', () => {
  test('sends none, not even a fence', async () => {
    const cancel = new AbortController()
    const { outcome, intents } = await runOn(sandbox, FAILING, {
      cancelled: cancel.signal,
      onLine: (text) => (/^Preflight/.test(text) ? cancel.abort() : undefined),
    })
    expect(outcome.reason).toBe('cancelled')
    expect(writes(sandbox)).toEqual([])
    expect(intents).toEqual([])
  })
})

describe('a fence', () => {
  test('keeps a run that is still alive from writing again', async () => {
    const act = hooks({
      before: () => {
        sandbox.objects.patch(ROUTE, { metadata: { annotations: { [FENCE]: 'x' } } })
        sandbox.objects.patch(ROUTE, { metadata: { annotations: { [FENCE]: null } } })
      },
    })
    await sandbox.faults.api({ match: WRITE, times: 1, act })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'changed-by-other' })
    expect(outcome.message).toContain('has a new version without a visible change')
    expect(routeText(sandbox)).toBe(before)
  })

  test('that could not be taken down is removed by the next run', async () => {
    sandbox.objects.patch(ROUTE, { metadata: { annotations: { [FENCE]: 'left behind' } } })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '15' })
    expect(outcome.verdict).toBe('pass')
    expect(hasJournal(sandbox)).toBe(false)
  })
})

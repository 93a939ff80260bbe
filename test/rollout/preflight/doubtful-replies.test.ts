import { expect, onTestFinished, test } from 'vitest'
import { ROUTE, routeText, weightsOn, writes } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'

async function mesh(options: SandboxOptions = { weights: { v1: 80, v2: 20 } }): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.stop())
  return sandbox
}

const SWAPPED = { expect: '{v1: "^two", v2: "^one"}' }
/** Long enough for an answer of this machine, however busy. */
const SHORT = '300ms'

/** Runs a shift that is to be stopped before the write, and says what it ended with. */
async function stopped(sandbox: Sandbox, inputs: Record<string, string> = {}) {
  const before = routeText(sandbox)
  const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '50', ...inputs })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', rolledBack: false })
  expect(writes(sandbox)).toEqual([])
  expect(routeText(sandbox)).toBe(before)
  return outcome
}

test('expectations at each other’s destination stop a run before the write, with the corrected ones', async () => {
  const { message, remedy } = await stopped(await mesh(), SWAPPED)
  expect(message).toMatch(
    /^The expressions of v1 and v2 in expect seem to be swapped\. v1 has 80% and answered (none|\d+) of \d+ connections; v2 has 20% and answered \d+ of \d+ connections\. .* 1 of 10,000 runs\.$/,
  )
  expect(remedy).toContain('use expect: {v1: "^one", v2: "^two"}')
  expect(remedy).toContain('istioctl')
})

test('swapped expectations stop a run also where one destination has no weight yet', async () => {
  const { message } = await stopped(await mesh({}), SWAPPED)
  expect(message).toContain('The expressions of v1 and v2 in expect seem to be swapped.')
})

test('three expectations in a circle stop a run too; which of them is whose is left to the reader', async () => {
  const sandbox = await mesh({ weights: { v1: 70, v2: 20, v3: 10 } })
  const { message, remedy } = await stopped(sandbox, {
    expect: '{v1: "^two", v2: "^three", v3: "^one"}',
  })
  expect(message).toMatch(
    /^The expressions of destinations in expect seem to be swapped\. v1 has 70%.* v3 has 10%/,
  )
  expect(remedy).toContain('(v1: /^two/, v2: /^three/, v3: /^one/)')
})

test('replies that look swapped are only a warning where the object was changed just now', async () => {
  const sandbox = await mesh()
  const spec = structuredClone(sandbox.objects.get(ROUTE)?.spec ?? null)
  await sandbox.faults.gateway({ kind: 'never' })
  for (const [index, route] of Object(spec).tcp[0].route.entries()) route.weight = [20, 80][index]
  sandbox.objects.patch(ROUTE, { spec })
  const cancel = new AbortController()
  const { record } = await runOn(
    sandbox,
    { subset: 'v2', weight: '50', 'propagation-timeout': '1h' },
    {
      cancelled: cancel.signal,
      onLine: (text) => {
        if (/^Written/.test(text)) cancel.abort()
      },
    },
  )
  expect(writes(sandbox)).not.toEqual([])
  expect(record.findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      what: expect.stringMatching(/ swapped\. .* changed less than propagation-timeout ago/),
    }),
  )
})

test.each([
  ['refuses connections', { kind: 'dead' } as const, /: \d+ (reset|closed)/],
  [
    'never answers',
    { kind: 'silent' } as const,
    /: \d+ without a complete reply within probe-timeout/,
  ],
])(
  'a version with 20%% that %s does not get 50%%, and its own Pods are named',
  async (_, fault, met) => {
    const sandbox = await mesh()
    await sandbox.faults.destination('v2', fault)
    const { message, remedy } = await stopped(sandbox, { 'probe-timeout': SHORT })
    expect(message).toMatch(/^v2 has 20% and answered none of \d\d+ connections\. /)
    expect(message).toMatch(met)
    expect(message).toMatch(/By chance that happens in 1 of \d+,\d+ runs\.$/)
    expect(remedy).toMatch(/get pods --selector 'app=tcp-echo,version=v2'$/)
  },
)

test('a version that answers nothing loses its traffic all the same', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v2', { kind: 'dead' })
  const { outcome, record } = await runOn(sandbox, { subset: 'v2', weight: '0' })
  expect(outcome.verdict).toBe('pass')
  expect(weightsOn(sandbox)).toEqual({ v1: 100, v2: 0 })
  expect(record.findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      what: expect.stringMatching(/^v2 has 20% and answered none of/),
    }),
  )
})

test('all traffic is moved away from a version that has most of it and answers nothing', async () => {
  const sandbox = await mesh({ weights: { v1: 90, v2: 10 } })
  await sandbox.faults.destination('v1', { kind: 'dead' })
  const { outcome, record } = await runOn(sandbox, { subset: 'v2', weight: '100' })
  expect(outcome.verdict).toBe('pass')
  expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
  const said = record.findings.map(({ what }) => what)
  expect(said).toContainEqual(expect.stringMatching(/^v1 has 90% and answered none of/))
  expect(said.join()).not.toContain('swapped')
})

test('a write that leaves part of the traffic to a version that fails is refused with the way to take all of it', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v1', { kind: 'dead' })
  const { message, remedy } = await stopped(sandbox)
  expect(message).toMatch(/^v1 has 80% and answered none of/)
  expect(remedy).toContain('leaves 50% to v1')
  expect(remedy).toContain('write 0% for it at once')
})

test('replies that several expressions match are named as such, not as a swap', async () => {
  const before = { weights: { v1: 80, v2: 20 } }
  const { outcome } = await runOn(await mesh(before), {
    subset: 'v2',
    weight: '50',
    expect: '{v1: "one", v2: "hello"}',
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
  expect(outcome.message).toContain('matches more than one expression')
  expect(outcome.message).not.toContain('swapped')
})

test('a version whose replies no expression matches sends the reader to expect, not to its Pods', async () => {
  const sandbox = await mesh()
  const { message, remedy } = await stopped(sandbox, { expect: '{v1: "^one", v2: "^zwei"}' })
  expect(message).toMatch(
    /^v2 has 20% and answered none .* that no expression matches \(for example "two hello"\)/,
  )
  expect(remedy).toMatch(/^expect has v1: \/\^one\/, v2: \/\^zwei\//)
  expect(remedy).not.toContain('get pods')
})

test('a version of which every second reply is missing stops the run before the write', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v1', { kind: 'eof' }, { every: 2 })
  const { message } = await stopped(sandbox)
  expect(message).toMatch(
    /^\d+ of 100 connections got no recognized reply before the write: \d+ closed/,
  )
})

test('a version with little weight that answers nothing while connections are lost is warned of', async () => {
  const sandbox = await mesh({ weights: { v1: 98, v2: 2 } })
  await sandbox.faults.destination('v2', { kind: 'dead' })
  await sandbox.faults.destination('v1', { kind: 'eof' }, { every: 40 })
  const few = { connections: '20', 'propagation-timeout': '0s' }
  const { record } = await runOn(sandbox, { subset: 'v2', weight: '50', ...few })
  expect(record.findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      what: expect.stringMatching(/^v2 has 2% and answered none of 100 connections\. /),
      remedy: expect.stringContaining('version=v2'),
    }),
  )
})

test('a destination that no connection reaches is a warning that names affinity', async () => {
  const sandbox = await mesh()
  await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 1 } })
  const few = { connections: '20', 'propagation-timeout': '0s' }
  const { record } = await runOn(sandbox, { subset: 'v2', weight: '50', ...few })
  expect(record.findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      what: expect.stringMatching(
        /^v2 has 20% .* although all were answered\. No connection from here reaches v2\./,
      ),
      remedy: expect.stringContaining('sessionAffinity'),
    }),
  )
})

test('a verify says what it finds and is not stopped by it', async () => {
  const sandbox = await mesh()
  const verify = { mode: 'verify', weights: 'current', 'propagation-timeout': '0s', ...SWAPPED }
  const { outcome } = await runOn(sandbox, verify)
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target' })
  expect(sandbox.connections.accepted).toBeGreaterThan(10)
})

test('connections that take all of the time are not blamed on the API server', async () => {
  const sandbox = await mesh()
  const inputs = { subset: 'v2', weight: '50', payload: '' }
  const { outcome } = await runOn(sandbox, { ...inputs, timeout: '3s' })
  expect(outcome).toMatchObject({ verdict: 'inconclusive', code: 'ITS-TIME-UP' })
  expect(outcome.message).toContain('Time ran out while connections were open before the write.')
  expect(writes(sandbox)).toEqual([])
  const late = await runOn(sandbox, { ...inputs, timeout: '4s', 'probe-timeout': '1.98s' })
  expect(late.outcome.code).toMatch(/^ITS-(TIME-UP|NO-RECOGNIZED-REPLY)$/)
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { specPinned } from '../../kit/run/edited-answers.ts'
import { interruptRun, ROLLBACK } from '../../kit/run/interrupted.ts'
import { hasJournal, ROUTE, routeText, weightsOn } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { type Json, textAt } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'

const WRITES = { method: 'PATCH', dryRun: false }
const PAST_MS = Date.UTC(2026, 0, 1)

let sandbox: Sandbox
let before: string
beforeEach(async () => {
  sandbox = await startSandbox({ debounceMs: 10, weights: { v1: 80, v2: 20 } })
  before = routeText(sandbox)
})
afterEach(() => sandbox.stop())

/** A run that writes 50/50 and never passes; `act` takes place as soon as it says that it has written. */
function failing(act: () => unknown, inputs: Readonly<Record<string, string>> = {}) {
  const given = {
    subset: 'v2',
    weight: '50',
    connections: '1',
    'propagation-timeout': '0s',
    ...inputs,
  }
  return runOn(sandbox, given, { onLine: (text) => /^Written/.test(text) && act() })
}

type Spec = { tcp: { match: { port: number }[]; route: { weight: number; destination: Json }[] }[] }

function edit(change: (rule: Spec['tcp'][number]) => unknown): void {
  const spec = structuredClone(sandbox.objects.get(ROUTE)?.spec) as Spec
  for (const rule of spec.tcp) change(rule)
  sandbox.objects.patch(ROUTE, { spec })
}

const addOther = () =>
  edit(({ route }) => route.push({ destination: { host: 'other' }, weight: 0 }))
const changeMatch = () => edit(({ match }) => match.push({ port: 31_401 }))

function setJournal(text: string): void {
  sandbox.objects.patch(ROUTE, { metadata: { annotations: { [JOURNAL]: text } } })
}

const journal = () => textAt(sandbox.objects.get(ROUTE), 'metadata', 'annotations', JOURNAL) ?? ''

describe('a run whose journal is damaged while it is in progress', () => {
  test('restores the weights from memory where the journal was given the uid of another object', async () => {
    const { outcome } = await failing(() =>
      setJournal(journal().replace(/"uid":"[^"]*"/, '"uid":"other"')),
    )
    expect(outcome).toMatchObject({ verdict: 'inconclusive', rolledBack: true })
    expect(routeText(sandbox)).toBe(before)
  })

  test.each([
    ['cut', () => setJournal(journal().slice(0, 100))],
    ['overwritten', () => setJournal('{}')],
  ])(
    'changes nothing where the journal was %s, as it may be anybody’s, and says how to restore',
    async (_, damage) => {
      const { outcome } = await failing(damage)
      expect(outcome).toMatchObject({ reason: 'changed-by-other', weights: { v1: 50, v2: 50 } })
      expect(outcome.message).toContain(
        'demo/tcp-echo has v1 50%, v2 50% now, as this run wrote. Before the run it had v1 80%, v2 20%.',
      )
      expect(outcome.remedy).toMatch(/patch virtualservice 'tcp-echo' --type json .*"weight":80/)
      expect(hasJournal(sandbox)).toBe(true)
    },
  )
})

describe('a webhook that pins the weights when they are restored', () => {
  const pin = () => sandbox.faults.api({ match: WRITES, act: specPinned() })

  test('leaves the journal on the object, so that the run names it and a rollback restores later', async () => {
    const { outcome } = await failing(pin)
    expect(outcome).toMatchObject({ reason: 'rollback-failed', weights: { v1: 50, v2: 50 } })
    expect(outcome.message).toContain(
      'demo/tcp-echo has v1 50%, v2 50% now. Before the run it had v1 80%, v2 20%. The previous weights could not be restored. An admission webhook changed them in the write that restores them. The journal (annotation istio-traffic-shift/journal) stays',
    )
    expect(hasJournal(sandbox)).toBe(true)
    await sandbox.faults.clear()
    expect((await runOn(sandbox, ROLLBACK)).outcome).toMatchObject({ reason: 'restored' })
    expect(routeText(sandbox)).toBe(before)
  })

  test('does not turn the next rollback into one that finds nothing to restore', async () => {
    interruptRun(sandbox, Date.now())
    await pin()
    for (const _ of ['first', 'again'])
      expect((await runOn(sandbox, ROLLBACK)).outcome.reason).toBe('rollback-failed')
    await sandbox.faults.clear()
    expect((await runOn(sandbox, ROLLBACK)).outcome.reason).toBe('restored')
    expect(routeText(sandbox)).toBe(before)
  })

  test('keeps the next shift, and the one after it, from starting at weights that were never confirmed', async () => {
    interruptRun(sandbox, PAST_MS)
    await pin()
    for (const _ of ['first', 'again']) {
      const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '30' })
      expect(outcome.reason).toBe('rollback-failed')
      expect(outcome.message).toContain('Before that run it had v1 80%, v2 20%.')
      expect(outcome.message).toContain('The journal of that run stays.')
    }
    expect(hasJournal(sandbox)).toBe(true)
  })

  test('and refuses the first attempts to write the journal back gets it at a later one', async () => {
    interruptRun(sandbox, Date.now())
    await pin()
    await sandbox.faults.api({ match: { ...WRITES, nth: 2 }, act: respond(503) })
    expect((await runOn(sandbox, ROLLBACK)).outcome.reason).toBe('rollback-failed')
    expect(hasJournal(sandbox)).toBe(true)
  })
})

describe('a rule whose destinations or match another client changes while the weights of a run are in force', () => {
  test.each([
    ['destinations', addOther, 'v1 50%, v2 50%, other 0%'],
    ['match', changeMatch, 'v1 50%, v2 50%'],
  ])(
    'is reported with what changed (%s), with the previous weights and the command',
    async (what, act, now) => {
      const { outcome } = await failing(act)
      expect(outcome.reason).toBe('changed-by-other')
      expect(outcome.message).toContain(`changed the ${what} of the rule`)
      expect(outcome.message).toContain(
        `demo/tcp-echo has ${now} now, as this run wrote. Before the run it had v1 80%, v2 20%.`,
      )
      expect(outcome.message).not.toContain('changed the weights')
      expect(outcome.remedy).toMatch(/patch virtualservice 'tcp-echo' --type json .*"weight":80/)
      expect(outcome.weights).toMatchObject({ v1: 50, v2: 50 })
    },
  )

  test.each([
    ['destinations', addOther],
    ['match', changeMatch],
  ])(
    'stops the next shift after an interrupted run (%s), with the previous weights and the command',
    async (_, act) => {
      interruptRun(sandbox, PAST_MS)
      act()
      const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '30' })
      expect(outcome.reason).toBe('changed-by-other')
      expect(outcome.message).toContain('Before that run it had v1 80%, v2 20%.')
      expect(outcome.remedy).toMatch(/patch virtualservice 'tcp-echo' --type json .*"weight":80/)
      expect(weightsOn(sandbox)).toMatchObject({ v1: 50, v2: 50 })
    },
  )
})

test('a run that is rolled back by this tool says so, and names no earlier owner of the fields', async () => {
  const { outcome } = await failing(() => runOn(sandbox, ROLLBACK))
  expect(outcome.reason).toBe('changed-by-other')
  expect(outcome.message).toContain(
    'This tool (a rollback or another run) restored the previous weights while the run was in progress.',
  )
  expect(outcome.message).not.toMatch(/field manager/i)
})

test('a run whose object is recreated with its weights names these, the previous ones and the command', async () => {
  const { outcome } = await failing(() => {
    const object = sandbox.objects.get(ROUTE)
    if (!object) return
    const { annotations = {} } = object.metadata
    sandbox.objects.delete(ROUTE)
    sandbox.objects.create({
      ...object,
      metadata: { name: 'tcp-echo', namespace: 'demo', annotations },
    })
  })
  expect(outcome).toMatchObject({ reason: 'changed-by-other', weights: { v1: 50, v2: 50 } })
  expect(outcome.message).toContain(
    'demo/tcp-echo has v1 50%, v2 50% now, as this run wrote. Before the run it had v1 80%, v2 20%.',
  )
  expect(outcome.remedy).toMatch(/patch virtualservice 'tcp-echo' --type json .*"weight":80/)
  const { outcome: rollback } = await runOn(sandbox, ROLLBACK)
  expect(rollback.message).toContain('v1 80%, v2 20%')
  expect(rollback.remedy).toMatch(/patch virtualservice 'tcp-echo' --type json .*"weight":80/)
})

test('the next shift after an interrupted run with on-failure keep names the weights from before that run', async () => {
  interruptRun(sandbox, PAST_MS, { onFailure: 'keep' })
  const { log } = await runOn(sandbox, { subset: 'v2', weight: '30', tolerance: '30' })
  expect(log).toContain('Before that run it had v1 80%, v2 20%.')
  expect(log).toMatch(/patch virtualservice 'tcp-echo' --type json .*"weight":80/)
})

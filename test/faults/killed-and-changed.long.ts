import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROUTE, weightsOn } from '../../kit/run/object.ts'
import { type Step, startStep } from '../../kit/run/step.ts'
import { hangs } from '../../sandbox/faults/api-acts.ts'
import type { Json } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'

let sandbox: Sandbox
let step: Step
beforeEach(async () => {
  sandbox = await startSandbox({ proxies: true, debounceMs: 10, weights: { v1: 80, v2: 20 } })
})
afterEach(async () => {
  step.remove()
  await sandbox.stop()
})

/** Kills a run as soon as it has written 50/50, lets `act` follow, then post. */
async function killedThen(act: () => unknown, inputs: Readonly<Record<string, string>> = {}) {
  const { kubeconfig } = sandbox
  step = startStep({ kubeconfig, subset: 'v2', weight: '50', tolerance: '30', ...inputs })
  await sandbox.faults.api({ match: { method: 'PATCH', nth: 3 }, act: hangs() })
  const main = step.main()
  await main.line(/Written at/)
  main.process.kill('SIGKILL')
  await main.ended
  await sandbox.faults.clear()
  act()
  const { status, text } = await step.post().ended
  return { status, text: text.replaceAll('%0A', '\n').replaceAll('%25', '%') }
}

type Spec = { tcp: { match: Json[]; route: Json[] }[] }

function edit(change: (rule: Spec['tcp'][number]) => unknown): void {
  const spec = structuredClone(sandbox.objects.get(ROUTE)?.spec) as Spec
  for (const rule of spec.tcp) change(rule)
  sandbox.objects.patch(ROUTE, { spec })
}

function recreate(): void {
  const object = sandbox.objects.get(ROUTE)
  if (!object) return
  const { annotations = {} } = object.metadata
  const metadata = { name: 'tcp-echo', namespace: 'demo', annotations }
  sandbox.objects.delete(ROUTE)
  sandbox.objects.create({ ...object, metadata })
}

const COMMAND = /patch virtualservice 'tcp-echo' --type json .*"weight":80/

describe('after a run is killed, its post step fails with the previous weights and the command', () => {
  test.each<[string, () => unknown, string]>([
    [
      'the journal is damaged',
      () => sandbox.objects.patch(ROUTE, { metadata: { annotations: { [JOURNAL]: '{}' } } }),
      'carries a journal that cannot be read',
    ],
    [
      'a destination of weight 0 is added',
      () => edit(({ route }) => route.push({ destination: { host: 'other' }, weight: 0 })),
      'another client changed the destinations of its rule',
    ],
    [
      'the match is changed',
      () => edit(({ match }) => match.push({ port: 31_401 })),
      'another client changed the match of its rule',
    ],
    ['the object is recreated', recreate, 'was deleted and recreated since'],
  ])('where %s', async (_, act, why) => {
    const { status, text } = await killedThen(act)
    expect(status).toBe(1)
    expect(text).toContain(why)
    expect(text).toContain('Before the run it had v1 80%, v2 20%.')
    expect(text).toMatch(COMMAND)
    expect(step.summary()).toMatch(
      /^## ⛔ The run was killed\. The previous weights could not be restored\.\n/,
    )
    expect(weightsOn(sandbox)).toMatchObject({ v1: 50, v2: 50 })
  })
})

test('post of a killed run with on-failure keep names the previous weights and the command', async () => {
  const { status, text } = await killedThen(() => undefined, { 'on-failure': 'keep' })
  expect(status).toBe(0)
  expect(text).toContain('It has v1 50%, v2 50% now. Before the run it had v1 80%, v2 20%.')
  expect(text).toMatch(COMMAND)
  expect(step.summary()).toMatch(/^## ⚠️ The run was killed\. Its weights stay\.\n/)
})

test('post does not claim to have restored what another client has changed', async () => {
  const { status, text } = await killedThen(() =>
    edit(({ route }) => {
      for (const [index, one] of route.entries())
        Object.assign(one as object, { weight: [90, 10][index] })
    }),
  )
  expect(status).toBe(0)
  expect(text).toContain('It has v1 90%, v2 10% now. Before the run it had v1 80%, v2 20%.')
  expect(step.summary()).toMatch(/^## ⚠️ The run was killed\. Another client changed/)
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROUTE } from '../../kit/run/object.ts'
import { type RunResult, runOn } from '../../kit/run/run.ts'
import type { Json, JsonObject } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { headlineOf } from '../../src/report/facts/headline.ts'
import { productionOf } from '../../src/report/facts/production.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.stop())

const SHIFT = { subset: 'v2', weight: '20' }
/** Slow enough for the gateway to see what happens to the object. */
const VERIFY = {
  mode: 'verify',
  weights: 'current',
  expect: '{v1: "^one "}',
  tolerance: '1',
  rate: '200',
}

/** A run during which the object is deleted, at the first line that fits. */
async function deletedAt(line: RegExp, inputs: Record<string, string>): Promise<RunResult> {
  let isGone = false
  const ended = await runOn(sandbox, inputs, {
    onLine(text) {
      if (isGone || !line.test(text)) return
      isGone = true
      sandbox.objects.delete(ROUTE)
    },
  })
  expect(isGone).toBe(true)
  return ended
}

describe('a run whose object is deleted says first that the object is gone, not which weights it had', () => {
  test.each([
    ['before the write', /^Rule tcp/, SHIFT, ' Nothing was written.'],
    ['after the write', /^Written at/, SHIFT, ''],
    ['while verify checks', /^Preflight: /, VERIFY, ' Nothing was written.'],
  ])('%s', async (_, line, inputs, more) => {
    const { record, outcome } = await deletedAt(line, inputs)
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'changed-by-other',
      code: 'ITS-OBJECT-DELETED',
      weights: undefined,
    })
    expect(headlineOf(record, outcome)).toBe(
      `demo/tcp-echo: the object was deleted during the run.${more}`,
    )
    expect(productionOf(record, outcome)).toEqual({
      tone: 'bad',
      text: 'demo/tcp-echo is gone, and its weights with it. Before the run: v1 100%.',
    })
  })
})

test('a verify whose object is recreated says so', async () => {
  let isDone = false
  const { record, outcome } = await runOn(sandbox, VERIFY, {
    onLine(text) {
      if (isDone || !/^Preflight: /.test(text)) return
      isDone = true
      const object = sandbox.objects.get(ROUTE)
      if (object?.spec === undefined) return
      sandbox.objects.delete(ROUTE)
      const metadata = { name: ROUTE.name, namespace: ROUTE.namespace }
      // On another port, so that the check of this one fails.
      const spec = JSON.parse(JSON.stringify(object.spec).replaceAll('31400', '31499')) as Json
      sandbox.objects.create({ ...object, metadata, spec })
    },
  })
  expect(outcome.code).toBe('ITS-OBJECT-RECREATED')
  expect(headlineOf(record, outcome)).toMatch(
    /^demo\/tcp-echo: the object was deleted and recreated during the run\./,
  )
})

test('a shift whose object is recreated with the previous weights shows no command that restores them', async () => {
  sandbox.objects.patch(ROUTE, { spec: weighted(80, 20) })
  let isDone = false
  const { outcome } = await runOn(
    sandbox,
    { weights: '{v1: 50, v2: 50}', 'propagation-timeout': '0s' },
    {
      onLine(text) {
        if (isDone || !/^Written /.test(text)) return
        isDone = true
        const object = sandbox.objects.get(ROUTE)
        if (object === undefined) return
        sandbox.objects.delete(ROUTE)
        const metadata = { name: ROUTE.name, namespace: ROUTE.namespace }
        sandbox.objects.create({ ...object, metadata, spec: weighted(80, 20) })
      },
    },
  )
  expect(outcome).toMatchObject({ code: 'ITS-OBJECT-RECREATED', weights: { v1: 80, v2: 20 } })
  expect(outcome.remedy).toContain('To see what is in force')
  expect(outcome.remedy).not.toContain('patch')
})

test('a check that fails without a write reports the weights that another client has written meanwhile', async () => {
  sandbox.objects.patch(ROUTE, { spec: weighted(80, 20) })
  const { outcome } = await runOn(
    sandbox,
    { mode: 'verify', weights: '{v1: 10, v2: 90}', 'propagation-timeout': '0s' },
    {
      onLine: (line) => {
        if (line.startsWith('Preflight: ')) sandbox.objects.patch(ROUTE, { spec: weighted(70, 30) })
      },
    },
  )
  expect(outcome).toMatchObject({ wrote: false, weights: { v1: 70, v2: 30 } })
})

function weighted(v1: number, v2: number): JsonObject {
  const to = (subset: string, weight: number) => ({
    destination: { host: 'tcp-echo', port: { number: 9000 }, subset },
    weight,
  })
  const rule = { match: [{ port: 31400 }], route: [to('v1', v1), to('v2', v2)] }
  return { hosts: ['*'], gateways: ['tcp-echo-gateway'], tcp: [rule] }
}

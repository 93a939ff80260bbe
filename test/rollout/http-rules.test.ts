import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROLLBACK, STATUS } from '../../kit/run/interrupted.ts'
import { ROUTE, routeText } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { parseJson } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL, journalText, startJournal } from '../../src/journal/journal.ts'
import { restoreCommand } from '../../src/journal/manual-command.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { rulesOf } from '../../src/routes/kinds.ts'
import { setAnnotation } from '../../src/routes/object/object-guards.ts'
import { parseRouteObject, type RouteObject } from '../../src/routes/route-object.ts'
import { weighed, weightOperations } from '../../src/routes/weights/weigh.ts'
import { planWeights } from '../../src/routes/weights/weight-edit.ts'
import { patched } from '../kube/support/apply-patch.ts'

const CLOCK = Date.UTC(2026, 0, 1)

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ now: () => new Date(CLOCK) })
})
afterEach(() => sandbox.stop())

const to = (subset: string, weight?: number): JsonObject => ({
  destination: { host: 'tcp-echo', subset },
  ...(weight === undefined ? {} : { weight }),
})

const HTTP: JsonObject[] = [
  { match: [{ uri: { prefix: '/old' } }], redirect: { uri: '/new' } },
  {
    name: 'api',
    match: [{ uri: { prefix: '/api' } }],
    route: [to('v1', 2), to('v2', 1)],
    timeout: '3s',
  },
  { route: [to('v1')] },
]
const TLS: JsonObject[] = [
  { match: [{ sniHosts: ['db.example'], port: 443 }], route: [to('v1', 100), to('v2')] },
]

function setSpec(): void {
  sandbox.objects.patch(ROUTE, { spec: { tcp: null, http: HTTP, tls: TLS } as never })
}

function present(): RouteObject {
  const object = parseRouteObject(parseJson(JSON.stringify(sandbox.objects.get(ROUTE))) as never)
  if (object === undefined) throw new Error('no object')
  return object
}

/** Leaves the object as a run that is killed after its write leaves it. */
function interrupt(position: string, subset: string, percent: number): void {
  const object = present()
  const rule = rulesOf(object).find((one) => one.position === position)
  const planned = rule && planWeights(rule, { kind: 'weight', subset, percent })
  if (!rule || !planned?.ok) throw new Error('not planned')
  const after = weighed(rule, planned.value, planned.value.target)
  const run = {
    id: 'dead-run',
    attempt: 1,
    owner: 'o',
    by: 'u@h',
    startedMs: CLOCK,
    timeoutMs: 60_000,
  }
  const journal = startJournal({ ...run, onFailure: 'rollback' }, object, rule)
  const text = journalText({ ...journal, written: after })
  const json = patched(object.raw, [
    ...weightOperations(rule, after),
    ...setAnnotation(object, JOURNAL, text),
  ])
  const { spec } = parseRouteObject(json) ?? {}
  sandbox.objects.patch(ROUTE, { spec, metadata: { annotations: { [JOURNAL]: text } } } as never)
}

describe('plan', () => {
  const plan = (route: string | undefined, subset: string, weight: string) =>
    runOn(sandbox, {
      mode: 'plan',
      expect: undefined,
      endpoint: '192.0.2.1:443',
      route,
      subset,
      weight,
    })

  test.each([
    ['http:api', '0.5', ['-weight:2', '+weight:995', '-weight:1', '+weight:5']],
    ['http[1]', '25', ['-weight:2', '+weight:75', '-weight:1', '+weight:25']],
    ['tls', '5', ['-weight:100', '+weight:95', '+weight:5']],
    ['tls:db.example', '0', []],
    ['http[2]', '5', ['+weight:95', '+-destination:', '+subset:v2', '+weight:5']],
  ])('of %s at %s%% changes only weights of that rule', async (route, weight, changes) => {
    setSpec()
    const { outcome, record } = await plan(route, 'v2', weight)
    expect(outcome).toMatchObject({ verdict: 'planned' })
    const lines = (record.change?.diff ?? '').split('\n')
    expect(
      lines
        .filter((line) => /^[-+] .*(weight|destination|subset)/.test(line))
        .map((line) => line.replaceAll(' ', '')),
    ).toEqual(changes)
  })

  test('shows a share that has no end in decimals with two of them, and gives it with four', async () => {
    setSpec()
    const { outcome, log } = await plan('http:api', 'v2', '50')
    expect(outcome.previousWeights).toEqual({ v1: 66.6667, v2: 33.3333 })
    expect(log).toContain('v1 66.67%, v2 33.33%')
  })
})

describe('a run on an http or tls rule that was killed', () => {
  test.each([
    ['http[1]', 'v2', 50, 'http:api: now v1 50%, v2 50%. That run wrote v1 50%, v2 50%.'],
    ['http[2]', 'v2', 5, 'http[2]: now v1 95%, v2 5%. That run wrote v1 95%, v2 5%.'],
    [
      'tls[0]',
      'v2',
      0.5,
      'tls:db.example: now v1 99.5%, v2 0.5%. That run wrote v1 99.5%, v2 0.5%.',
    ],
  ])(
    '%s is shown by status, and restored to the byte by rollback',
    async (position, subset, percent, now) => {
      setSpec()
      const before = routeText(sandbox)
      interrupt(position, subset, percent)
      const status = await runOn(sandbox, STATUS)
      expect(status.outcome).toMatchObject({ verdict: 'in-progress' })
      expect(status.outcome.message).toContain(now)
      const { outcome } = await runOn(sandbox, ROLLBACK)
      expect(outcome).toMatchObject({ verdict: 'restored', reason: 'restored' })
      expect(routeText(sandbox)).toBe(before)
    },
  )

  test('is restored if another client inserted a rule above and a tcp rule with the same match', async () => {
    setSpec()
    interrupt('tls[0]', 'v2', 50)
    const spec = present().spec
    const match = TLS[0]?.match ?? null
    const tcp = [{ match: [{ port: 443 }], route: [to('v1')] }]
    const tls = [
      { match: [{ sniHosts: ['x.example'] }], route: [to('v1')] },
      ...(spec.tls as JsonObject[]),
    ]
    sandbox.objects.patch(ROUTE, { spec: { tcp, tls } as never })
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ verdict: 'restored' })
    expect(present().spec.tls).toEqual([tls[0], { match, route: [to('v1', 100), to('v2')] }])
  })
})

test('the journal of a tcp rule has no protocol, and that of another rule has one', () => {
  const textOf = () => {
    const object = present()
    const [rule] = rulesOf(object).filter(({ destinations }) => destinations.length > 0)
    if (rule === undefined) throw new Error('no rule')
    const run = { id: 'r', attempt: 1, owner: 'o', by: '', startedMs: CLOCK, timeoutMs: 1 }
    return JSON.parse(journalText(startJournal({ ...run, onFailure: 'rollback' }, object, rule)))
  }
  expect(textOf()).not.toHaveProperty('protocol')
  setSpec()
  expect(textOf()).toMatchObject({
    protocol: 'http',
    match: { name: 'api', match: [{ uri: { prefix: '/api' } }] },
  })
})

test('the command that restores an http rule tests its name and its match', () => {
  setSpec()
  const object = present()
  const [, rule] = rulesOf(object)
  if (rule === undefined) throw new Error('no rule')
  const command = restoreCommand({ context: undefined }, { object, rule, original: rule.written })
  expect(command).toContain('{"op":"test","path":"/spec/http/1/name","value":"api"}')
  expect(command).toContain('{"op":"test","path":"/spec/http/1/match","value":[')
  expect(command).toContain('{"op":"replace","path":"/spec/http/1/route","value":[')
})

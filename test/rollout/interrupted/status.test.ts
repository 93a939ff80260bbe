import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { interruptRun, STATUS, VERSION_1 } from '../../../kit/run/interrupted.ts'
import { ROUTE, routeText } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { reportOf } from '../../../src/report/json/report-json.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'

let sandbox: Sandbox
let clockMs = Date.UTC(2026, 0, 1)
beforeEach(async () => {
  clockMs = Date.UTC(2026, 0, 1)
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, now: () => new Date(clockMs) })
})
afterEach(() => sandbox.stop())

/** Every method with which the API server was called. */
function methods(): string[] {
  return [...new Set(sandbox.calls.map(({ method }) => method))]
}

describe('mode: status', () => {
  test('reports that no run is in progress, with the weights of each rule', async () => {
    const { outcome, record } = await runOn(sandbox, STATUS)
    expect(outcome).toMatchObject({
      verdict: 'idle',
      reason: 'no-journal',
      weights: { v1: 80, v2: 20 },
      message: 'No run is in progress on demo/tcp-echo.\ntcp:31400: v1 80%, v2 20%',
    })
    expect(reportOf(record, outcome)).toMatchObject({ mode: 'status', journal: null })
  })

  test.each(['tcp:9', 'http:canary', 'tls'])(
    'refuses the route %s, which means no rule of the object',
    async (route) => {
      const { outcome } = await runOn(sandbox, { ...STATUS, route })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
      expect(outcome.message).toContain('No run is in progress on demo/tcp-echo.')
      expect(outcome.message).toContain(route)
      expect((await runOn(sandbox, { ...STATUS, route: 'tcp:31400' })).outcome.verdict).toBe('idle')
    },
  )

  test('warns of a route that means no rule, and reports the run in progress all the same', async () => {
    interruptRun(sandbox, clockMs)
    const { outcome, record } = await runOn(sandbox, { ...STATUS, route: 'tcp:9' })
    expect(outcome.verdict).toBe('in-progress')
    expect(record.findings.map(({ code }) => code)).toEqual(['ITS-RULE-NOT-FOUND'])
  })

  test('names the run, its start and expiry, and what a rollback would restore, and only reads', async () => {
    interruptRun(sandbox, clockMs)
    const left = routeText(sandbox)
    const { outcome, record, lines } = await runOn(sandbox, STATUS)
    expect(outcome).toMatchObject({
      verdict: 'in-progress',
      reason: 'journal',
      previousWeights: { v1: 80, v2: 20 },
      weights: { v1: 50, v2: 50 },
      rolledBack: false,
    })
    expect(outcome.message).toBe(
      [
        'A run is shifting demo/tcp-echo: https://ci.example/jobs/7 (started 00:00:00 UTC). It ends at 00:06:00 UTC at the latest.',
        'tcp:31400: now v1 50%, v2 50%. That run wrote v1 50%, v2 50%.',
      ].join('\n'),
    )
    expect(outcome.remedy).toBe(
      [
        'A rollback restores v1 80%, v2 20%. If that run is still in progress, it then ends with the reason changed-by-other.',
        "  istio-traffic-shift rollback --namespace 'demo' --virtual-service 'tcp-echo' --context 'sandbox'",
      ].join('\n'),
    )
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
    expect(reportOf(record, outcome)).toMatchObject({
      journal: {
        by: 'https://ci.example/jobs/7',
        run: 'dead-run',
        started: '2026-01-01T00:00:00.000Z',
        expires: '2026-01-01T00:06:00.000Z',
        live: true,
        rule: 'tcp:31400',
        written: { v1: 50, v2: 50 },
        restoreTo: { v1: 80, v2: 20 },
        rollback: 'restore',
      },
    })
    expect(methods()).toEqual(['GET'])
    expect(routeText(sandbox)).toBe(left)
  })

  test('tells an interrupted run by its expiry, with the date of another day', async () => {
    interruptRun(sandbox, clockMs)
    clockMs += 86_400_000
    const { outcome, record } = await runOn(sandbox, STATUS)
    expect(summaryOf(record, outcome)).toContain('demo/tcp-echo: a run was interrupted.')
    expect(outcome.message).toContain(
      'A run on demo/tcp-echo was interrupted: https://ci.example/jobs/7 (started 2026-01-01 00:00:00 UTC). Its journal expired at 2026-01-01 00:06:00 UTC.',
    )
  })

  test('status says that a rollback keeps weights that another client wrote since', async () => {
    const written = [{ destination: { host: 'tcp-echo', subset: 'v1' }, weight: 7 }]
    interruptRun(sandbox, clockMs, { written, original: written })
    const { outcome } = await runOn(sandbox, STATUS)
    expect(outcome.remedy).toContain('A rollback keeps that and removes only the journal.')
  })

  test('shows a journal of version 1 by its run and attempt', async () => {
    interruptRun(sandbox, clockMs, VERSION_1)
    const { outcome } = await runOn(sandbox, STATUS)
    expect(outcome.message).toContain('A run is shifting demo/tcp-echo: run dead-run (attempt 1).')
  })

  test.each([
    ['of another object', { uid: 'another' }, 'carries the journal of another object'],
    ['of a newer version', { version: 3 }, 'carries a journal of version 3'],
    ['for another kind', { kind: 'UDPRoute' }, 'carries a journal for a UDPRoute'],
    ['that cannot be read', { owner: 5 }, 'carries a journal that cannot be read'],
  ])('shows a journal %s, with how to remove it', async (_, journal, says) => {
    interruptRun(sandbox, clockMs, journal)
    const { outcome, record } = await runOn(sandbox, STATUS)
    expect(outcome).toMatchObject({ verdict: 'in-progress', reason: 'journal' })
    expect(summaryOf(record, outcome)).toContain('demo/tcp-echo: its journal cannot be used.')
    expect(outcome.message).toContain(`demo/tcp-echo ${says}`)
    expect(outcome.remedy).toContain("'istio-traffic-shift/journal-'")
    expect(methods()).toEqual(['GET'])
  })

  test('prints what a journal says of its run in one line of a bounded length, whatever it is', async () => {
    interruptRun(sandbox, clockMs, { by: `x\n::error::\u202e${'y'.repeat(1000)}` })
    const { outcome } = await runOn(sandbox, STATUS)
    const [first = '', ...more] = outcome.message.split('\n')
    expect(first).toContain('x ::error:: yyy')
    expect(first.length).toBeLessThan(450)
    expect(more).toHaveLength(1)
  })

  test('says so where the object is not there', async () => {
    sandbox.objects.delete(ROUTE)
    const { outcome } = await runOn(sandbox, STATUS)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
  })
})

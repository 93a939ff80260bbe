import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../kit/run/gate.ts'
import { interruptRun, VERSION_1 } from '../../kit/run/interrupted.ts'
import { hasJournal, ROUTE, routeText, weightsOn, writes } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { hooks } from '../../sandbox/faults/api-acts.ts'
import { type Json, textAt } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { FENCE, JOURNAL } from '../../src/journal/journal.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'

let sandbox: Sandbox
let clockMs = Date.UTC(2026, 0, 1)
beforeEach(async () => {
  clockMs = Date.UTC(2026, 0, 1)
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, now: () => new Date(clockMs) })
})
afterEach(() => sandbox.stop())

type Routes = {
  tcp: { match: Json; route: { destination: Json; weight: number }[] }[]
}

/** A copy of the object's spec, to be changed. */
function routes(): Routes {
  return structuredClone(sandbox.objects.get(ROUTE)?.spec) as Routes
}

/** The destinations of the rule with these weights. */
function listOf(...weights: [v1: number, v2: number]): Json[] {
  return weights.map((weight, index) => ({
    destination: { host: 'tcp-echo', port: { number: 9000 }, subset: `v${index + 1}` },
    weight,
  }))
}

/** Leaves the object as a run leaves it that was killed after writing 50/50. */
function leaveDeadRun(journal: Readonly<Record<string, unknown>> = {}): void {
  interruptRun(sandbox, clockMs, journal)
}

describe('the journal of another run', () => {
  test('that may be alive is respected: locked, who and until when, nothing touched', async () => {
    leaveDeadRun()
    const before = routeText(sandbox)
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '40' })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'locked' })
    expect(outcome.message).toBe(
      'Another run is shifting demo/tcp-echo: https://ci.example/jobs/7 (started 00:00:00 UTC). Nothing was written.',
    )
    expect(outcome.remedy).toBe(
      [
        'Wait until it ends, at 00:06:00 UTC at the latest. To see whether it has:',
        "  istio-traffic-shift status --namespace 'demo' --virtual-service 'tcp-echo' --context 'sandbox'",
        'To restore the weights from before that run now (in a workflow: mode: rollback):',
        "  istio-traffic-shift rollback --namespace 'demo' --virtual-service 'tcp-echo' --context 'sandbox'",
      ].join('\n'),
    )
    expect(writes(sandbox)).toEqual([])
    expect(routeText(sandbox)).toBe(before)
  })

  test('that has confirmed a step is named with that step as what a rollback restores', async () => {
    const restoreTo = [70, 30].map((weight, index) => ({
      destination: { host: 'tcp-echo', port: { number: 9000 }, subset: `v${index + 1}` },
      weight,
    }))
    leaveDeadRun({ restoreTo })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '40' })
    expect(outcome.reason).toBe('locked')
    expect(outcome.remedy).toContain(
      'To restore the last confirmed step of that run now (in a workflow: mode: rollback):',
    )
  })

  test('that has expired is rolled back before the run continues', async () => {
    const before = routeText(sandbox)
    leaveDeadRun()
    clockMs += 361_000
    const { outcome, log } = await runOn(sandbox, {
      subset: 'v2',
      weight: '40',
      connections: '1',
      'propagation-timeout': '0s',
    })
    expect(log).toContain(
      'https://ci.example/jobs/7 (started 00:00:00 UTC): The weights from before it are restored: v1 80%, v2 20%.',
    )
    expect(outcome.previousWeights).toEqual({ v1: 80, v2: 20 })
    expect(outcome).toMatchObject({ verdict: 'inconclusive', rolledBack: true })
    expect(routeText(sandbox)).toBe(before)
  })

  test('of an earlier attempt of the same run is rolled back although it has not expired', async () => {
    leaveDeadRun({ run: 'test-run' })
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '20', tolerance: '20' },
      { run: { id: 'test-run', attempt: 2 } },
    )
    expect(outcome).toMatchObject({ verdict: 'pass', reason: 'unchanged' })
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  })

  test('of the same attempt of the same run is another job of it, and respected', async () => {
    leaveDeadRun({ run: 'test-run' })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20' })
    expect(outcome.reason).toBe('locked')
  })

  test('with weights that another client changed since is only removed', async () => {
    const written = routes().tcp[0]?.route.map((route) => ({ ...route, weight: 7 }))
    leaveDeadRun({ written })
    clockMs += 361_000
    const { log } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '20' })
    expect(log).toContain(
      'Another client changed the weights since, and that stays. It has v1 50%, v2 50% now.',
    )
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('whose original weights have no ready Pods stays, with the command that restores', async () => {
    leaveDeadRun()
    clockMs += 361_000
    await sandbox.faults.destination('v1', { kind: 'not-ready' })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '100', timeout: '2s' })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'rollback-failed' })
    expect(outcome.message).toContain('v1 has no ready endpoints any more')
    expect(outcome.remedy).toMatch(
      /kubectl --context 'sandbox' --namespace 'demo' patch virtualservice 'tcp-echo' --type json/,
    )
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
  })

  test.each([
    ['that cannot be read', { original: 'all of it' }, 'a journal that cannot be read'],
    [
      'with a negative weight',
      { written: listOf(50, 50), original: listOf(107, -7) },
      'a journal that cannot be read',
    ],
    [
      'with a negative weight that its run wrote',
      { written: listOf(107, -7), original: listOf(80, 20) },
      'a journal that cannot be read',
    ],
    ['of a newer version', { version: 3 }, 'a journal of version 3'],
    [
      'for a kind that this version does not shift',
      { kind: 'UDPRoute' },
      'carries a journal for a UDPRoute (annotation istio-traffic-shift/journal), but is a VirtualService. This version of the tool does not shift that kind: a newer version wrote the journal, or another client edited it.',
    ],
    ['for a text that is no kind', { kind: 'a\u001b[31mb' }, 'a journal for a "a'],
    ['of the object that this one is a copy of (fault 52)', { uid: 'another' }, 'another object'],
  ])('%s is left alone, and it is said how to remove it', async (_, journal, says) => {
    leaveDeadRun(journal)
    clockMs += 361_000
    const left = routeText(sandbox)
    const { outcome, record } = await runOn(sandbox, { subset: 'v2', weight: '100' })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'locked' })
    expect(outcome.message).toContain(says)
    expect(summaryOf(record, outcome)).toContain('demo/tcp-echo: its journal cannot be used.')
    expect(outcome.message).toContain('Nothing was written.')
    expect(outcome.remedy).toContain("annotate virtualservice 'tcp-echo'")
    expect(writes(sandbox)).toEqual([])
    expect(routeText(sandbox)).toBe(left)
  })

  test('of version 1 is rolled back too', async () => {
    const before = routeText(sandbox)
    leaveDeadRun(VERSION_1)
    clockMs += 361_000
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '20' })
    expect(outcome.reason).toBe('unchanged')
    expect(routeText(sandbox)).toBe(before)
  })

  test('that would send connections elsewhere, or remove more than one destination, is left alone', async () => {
    const evil = [{ destination: { host: 'evil' }, weight: 100 }]
    for (const original of [evil, []]) {
      leaveDeadRun({ original })
      clockMs += 361_000
      const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '100' })
      expect(outcome.reason).toBe('locked')
    }
    expect(writes(sandbox)).toEqual([])
  })

  test.each([80.5, '80', 2 ** 31])(
    'with an original weight that nothing can have (%j) is left alone',
    async (weight) => {
      const [rule] = routes().tcp
      const original = rule?.route.map((route, index) =>
        index === 0 ? { ...route, weight } : route,
      )
      leaveDeadRun({ original, expires: new Date(clockMs - 1000).toISOString() })
      const before = routeText(sandbox)
      const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '30' })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'locked' })
      expect(outcome.message).toContain('cannot be read')
      expect(writes(sandbox)).toEqual([])
      expect(routeText(sandbox)).toBe(before)
    },
  )

  test('a fence that a killed post left is taken down, also where no weights have to be written', async () => {
    const before = routeText(sandbox)
    sandbox.objects.patch(ROUTE, { metadata: { annotations: { [FENCE]: 'somebody' } } })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '20' })
    expect(outcome).toMatchObject({ verdict: 'pass', reason: 'unchanged' })
    expect(routeText(sandbox)).toBe(before)
  })

  test.each([
    ['verify', 'still has the journal'],
    ['plan', 'has the weights'],
  ])('is only reported by %s', async (mode, what) => {
    leaveDeadRun()
    clockMs += 361_000
    const before = routeText(sandbox)
    const { record } = await runOn(sandbox, { mode, subset: 'v2', weight: '50', tolerance: '20' })
    expect(record.findings[0]?.what).toContain(
      `demo/tcp-echo ${what} of an interrupted run, https://ci.example/jobs/7`,
    )
    expect(routeText(sandbox)).toBe(before)
  })
})

test('a run writes a journal of version 2 that names its object, its rule and who started it', async () => {
  let text = ''
  await runOn(
    sandbox,
    { subset: 'v2', weight: '40', connections: '1', 'propagation-timeout': '0s' },
    {
      onLine: (line) => {
        if (/^Written/.test(line))
          text = textAt(sandbox.objects.get(ROUTE), 'metadata', 'annotations', JOURNAL) ?? ''
      },
    },
  )
  expect(JSON.parse(text)).toMatchObject({
    version: 2,
    run: 'test-run',
    by: expect.stringMatching(/^.+@.+$/),
    started: expect.stringMatching(/^2026-01-01T00:00:0/),
    uid: textAt(sandbox.objects.get(ROUTE), 'metadata', 'uid'),
    kind: 'VirtualService',
    rule: 'tcp:31400',
    original: [{ weight: 80 }, { weight: 20 }],
    written: [{ weight: 60 }, { weight: 40 }],
  })
  expect(text).not.toContain('restoreTo')
  expect(text.length).toBeLessThan(1000)
})

describe('writes that meet others', () => {
  test('of two runs at once one wins, and the other touches nothing', async () => {
    const [one, two] = await Promise.all([
      runOn(sandbox, { subset: 'v2', weight: '60', tolerance: '20' }),
      runOn(sandbox, { subset: 'v2', weight: '90', tolerance: '20' }),
    ])
    const [winner, loser] = one.outcome.verdict === 'pass' ? [one, two] : [two, one]
    expect(winner.outcome.verdict).toBe('pass')
    expect(['locked', 'changed-by-other']).toContain(loser.outcome.reason)
    expect(loser.outcome.rolledBack).toBe(false)
    expect(sandbox.objects.get(ROUTE)?.spec).toMatchObject({
      tcp: [
        {
          route: [
            { weight: 100 - (winner.outcome.weights?.v2 ?? 0) },
            { weight: winner.outcome.weights?.v2 },
          ],
        },
      ],
    })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('a late write of a run that was killed stops the run, and is undone by the next', async () => {
    const act = hooks({ before: () => leaveDeadRun({ run: 'test-run' }) })
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false }, times: 1, act })
    const inputs = { subset: 'v2', weight: '60', tolerance: '20' }
    const stopped = await runOn(sandbox, inputs, { run: { id: 'test-run', attempt: 2 } })
    expect(stopped.outcome.reason).toBe('changed-by-other')
    expect(stopped.outcome.message).toContain(
      'demo/tcp-echo has v1 50%, v2 50% now. An interrupted run, https://ci.example/jobs/7 (started 00:00:00 UTC), wrote them late',
    )
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
    const { outcome } = await runOn(sandbox, inputs, { run: { id: 'test-run', attempt: 3 } })
    expect(outcome).toMatchObject({ verdict: 'pass', previousWeights: { v1: 80, v2: 20 } })
  })

  test.each([
    ['the first read and the dry run', true],
    ['the dry run and the write', false],
  ])('a label that another client adds between %s does not stop the run', async (_, dryRun) => {
    const act = hooks({
      before: () =>
        void sandbox.objects.patch(ROUTE, { metadata: { labels: { team: 'payments' } } }),
    })
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun }, times: 1, act })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '20' })
    expect(outcome.verdict).toBe('pass')
    expect(sandbox.objects.get(ROUTE)?.metadata.labels).toEqual({ team: 'payments' })
  })

  test('another run that writes before the dry run is respected: locked, with whose it is', async () => {
    const act = hooks({ before: () => leaveDeadRun() })
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun: true }, times: 1, act })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '40' })
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'locked',
      weights: { v1: 50, v2: 50 },
    })
    expect(outcome.message).toContain('https://ci.example/jobs/7 (started 00:00:00 UTC)')
    expect(writes(sandbox)).toEqual([])
  })

  test.each([
    [
      'the journal of an interrupted run',
      () => leaveDeadRun({ expires: new Date(clockMs - 1).toISOString() }),
    ],
    [
      'the fence of a killed post',
      () =>
        void sandbox.objects.patch(ROUTE, { metadata: { annotations: { [FENCE]: 'somebody' } } }),
    ],
  ])(
    'another run that was faster to remove %s, and has written since, is respected',
    async (_, leave) => {
      const clean = sandbox.objects.get(ROUTE)
      leave()
      const act = hooks({
        before: () => {
          sandbox.objects.patch(ROUTE, {
            spec: clean?.spec ?? {},
            metadata: { annotations: { [JOURNAL]: null, [FENCE]: null } },
          })
          leaveDeadRun({ by: 'https://ci.example/jobs/8', owner: 'somebody else' })
        },
      })
      await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false }, times: 1, act })
      const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '40', tolerance: '20' })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'locked' })
      expect(outcome.message).toContain('https://ci.example/jobs/8 (started 00:00:00 UTC)')
      expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
      expect(hasJournal(sandbox)).toBe(true)
    },
  )

  test('a rule that another client inserts above does not keep the rollback from restoring', async () => {
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' },
      {
        onLine: (text) => {
          if (!/^Written/.test(text)) return
          const spec = routes()
          spec.tcp.unshift({
            match: [{ port: 9 }],
            route: [{ destination: { host: 'other' }, weight: 100 }],
          })
          sandbox.objects.patch(ROUTE, { spec })
        },
      },
    )
    expect(outcome).toMatchObject({ verdict: 'inconclusive', rolledBack: true })
    const spec = routes()
    expect(spec.tcp.map(({ route }) => route.map(({ weight }) => weight))).toEqual([
      [100],
      [80, 20],
    ])
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('a journal that is pruned during a run does not keep it from restoring', async () => {
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' },
      {
        onLine: (text) =>
          /^Written/.test(text) &&
          sandbox.objects.patch(ROUTE, { metadata: { annotations: null } }),
      },
    )
    expect(outcome.rolledBack).toBe(true)
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  })

  test('weights that are written again after the journal is gone are not rolled back, even if they are the same', async () => {
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' },
      {
        onLine: (text) => {
          if (!/^Written/.test(text)) return
          const confirmed = routes()
          sandbox.objects.patch(ROUTE, { metadata: { annotations: null }, spec: { tcp: [] } })
          sandbox.objects.patch(ROUTE, { spec: confirmed })
        },
      },
    )
    expect(outcome).toMatchObject({ reason: 'changed-by-other', rolledBack: false })
    expect(outcome.message).toContain(
      'demo/tcp-echo has v1 50%, v2 50% now, as this run wrote. Before the run it had v1 80%, v2 20%. Field manager admin wrote the weights of this run again while the run was in progress, so they were not rolled back.',
    )
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
  })

  test('an object that carries the journal of another run at the end is left alone, which the message says', async () => {
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' },
      { onLine: (text) => /^Written/.test(text) && leaveDeadRun({ owner: 'another' }) },
    )
    expect(outcome).toMatchObject({ reason: 'changed-by-other', rolledBack: false })
    expect(outcome.message).toContain(
      'The object carries the journal of another run, https://ci.example/jobs/7 (started 00:00:00 UTC), which stays.',
    )
    expect(hasJournal(sandbox)).toBe(true)
  })

  test('an object that is recreated in between is never written again', async () => {
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' },
      {
        onLine: (text) => {
          const object = sandbox.objects.get(ROUTE)
          if (!/^Written/.test(text) || !object) return
          sandbox.objects.delete(ROUTE)
          sandbox.objects.create({ ...object, metadata: { name: 'tcp-echo', namespace: 'demo' } })
        },
      },
    )
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'changed-by-other',
      rolledBack: false,
    })
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
  })

  test('a cancel while the write is on its way undoes it once it has landed', async () => {
    const before = routeText(sandbox)
    const cancel = new AbortController()
    const landed = gate()
    const act = hooks({
      after: () => {
        cancel.abort()
        landed.open()
      },
    })
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false }, times: 1, act })
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50' },
      { cancelled: cancel.signal },
    )
    await landed.reached
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled' })
    expect(routeText(sandbox)).toBe(before)
  })
})

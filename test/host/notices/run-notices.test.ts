import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOPELESS, SHORT, SPLIT } from '../../../kit/crash/usual-inputs.ts'
import { interruptRun, ROLLBACK } from '../../../kit/run/interrupted.ts'
import { ROUTE, weightsOn } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { hangs, respond } from '../../../sandbox/faults/api-acts.ts'
import { textAt } from '../../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox(SPLIT)
})
afterEach(() => sandbox.stop())

const OF_EVENTS = /\/api\/v1\/namespaces\/demo\/events$/

/** The Events in the order in which they were created. */
function events() {
  const all = sandbox.objects.list({ group: '', resource: 'events', namespace: 'demo' })
  const version = (event: (typeof all)[number]) => Number(event.metadata.resourceVersion)
  return all.toSorted((one, other) => version(one) - version(other))
}

function said(): string[] {
  return events().map((event) =>
    ['type', 'reason', 'message'].map((field) => textAt(event, field)).join(' '),
  )
}

/** The reasons and the writes of the object, in the order of their calls. */
function order(): string[] {
  return sandbox.calls.flatMap(({ method, path, dryRun }) => {
    if (method === 'POST' && OF_EVENTS.test(path)) return ['event']
    return method === 'PATCH' && !dryRun ? ['write'] : []
  })
}

/** Rights to the object only, and more. */
function grant(...more: readonly string[]): void {
  const rule = (resource: string, ...verbs: string[]) => ({
    ...{ apiGroups: ['*'], resources: [resource], verbs },
  })
  const rules = [rule('virtualservices', 'get', 'patch'), ...more.map((one) => rule(one, 'create'))]
  sandbox.tokens.set('admin-token', { name: 'shifter', rules })
}

const WITH_ENDPOINT = () => {
  const { host, port } = sandbox.gateway
  return { ...SHORT, endpoint: `${host}:${port}`, route: 'tcp:31400' }
}

describe('Kubernetes Events of a run', () => {
  test('say that a shift began and which steps are confirmed, and are about the object that kubectl describes', async () => {
    const { outcome } = await runOn(sandbox, { ...SHORT, weight: '90', steps: '55' })
    expect(outcome.verdict).toBe('pass')
    const [start, first, last, ...more] = said()
    expect(start).toMatch(
      /^Normal ShiftStarted Shifting from v1 80%, v2 20% to v1 10%, v2 90% in 2 steps\. Run: \S+@\S+$/,
    )
    expect(first).toMatch(
      /^Normal StepConfirmed Shifted to v1 45%, v2 55%, confirmed by \d+ connections at 99.99% confidence\. Run: /,
    )
    expect(last).toMatch(/^Normal StepConfirmed Shifted to v1 10%, v2 90%, confirmed by /)
    expect(more).toEqual([])
    const uid = textAt(sandbox.objects.get(ROUTE) ?? null, 'metadata', 'uid')
    expect(events()[0]).toMatchObject({
      involvedObject: {
        kind: 'VirtualService',
        apiVersion: 'networking.istio.io/v1',
        namespace: 'demo',
        name: 'tcp-echo',
        uid,
      },
      reportingComponent: 'istio-traffic-shift',
      reportingInstance: 'test-run',
      source: { component: 'istio-traffic-shift' },
      action: 'Shift',
    })
    expect(order()).toEqual(['write', 'event', 'write', 'event', 'write', 'event'])
  })

  test('say why a run rolled back, after the object is restored', async () => {
    const { outcome } = await runOn(sandbox, HOPELESS)
    expect(outcome.rolledBack).toBe(true)
    expect(said().at(-1)).toMatch(
      /^Warning RolledBack Rolled back to v1 80%, v2 20%\. demo\/tcp-echo: v2 60% is undecided\. Previous weights restored\. Run: /,
    )
    expect(order().indexOf('event', 2)).toBeGreaterThan(order().lastIndexOf('write') - 1)
  })

  test('say that weights stay which are not confirmed', async () => {
    await runOn(sandbox, { ...HOPELESS, 'on-failure': 'keep' })
    expect(said().at(-1)).toMatch(/^Warning ShiftFailed demo\/tcp-echo: v2 60% is undecided/)
  })

  test('say that an interrupted run was rolled back, by mode: rollback', async () => {
    interruptRun(sandbox, Date.now())
    await runOn(sandbox, ROLLBACK)
    expect(said()).toEqual([
      expect.stringMatching(
        /^Warning RolledBack Rolled back to v1 80%, v2 20%\. demo\/tcp-echo: the previous weights are restored\. Run: /,
      ),
    ])
  })

  test('say that an interrupted run was rolled back, by the next shift', async () => {
    interruptRun(sandbox, 0)
    const { outcome } = await runOn(sandbox, SHORT)
    expect(outcome.verdict).toBe('pass')
    expect(said()[0]).toMatch(
      /^Warning InterruptedRunRolledBack The weights of an interrupted run were restored first: v1 80%, v2 20%\./,
    )
    expect(said()[1]).toMatch(/^Normal ShiftStarted /)
  })

  test.each([
    { mode: 'verify', weights: 'current', tolerance: '35' },
    { mode: 'plan', ...SHORT },
    { ...SHORT, weight: '20', tolerance: '15' },
  ])('are none where nothing is written: %o', async (inputs) => {
    await runOn(sandbox, inputs)
    expect(order()).toEqual([])
  })

  test('are none with kubernetes-events: false', async () => {
    await runOn(sandbox, { ...SHORT, 'kubernetes-events': 'false' })
    expect(order()).toEqual(['write', 'write'])
  })

  test('need the right to create events, and cost one call and no word where auto does not find it', async () => {
    grant()
    const { outcome, record } = await runOn(sandbox, WITH_ENDPOINT())
    expect(outcome.verdict).toBe('pass')
    expect(order()).toEqual(['write', 'event', 'write'])
    expect(record.findings.filter(({ code }) => code === 'ITS-EVENT-NOT-CREATED')).toEqual([])
  })

  test('need that right in the namespace of the object, which the warning of kubernetes-events: true grants', async () => {
    grant()
    const { outcome, record } = await runOn(sandbox, {
      ...WITH_ENDPOINT(),
      'kubernetes-events': 'true',
    })
    expect(outcome.verdict).toBe('pass')
    const [finding, ...more] = record.findings.filter(({ code }) => /EVENT/.test(code))
    expect(more).toEqual([])
    expect(finding?.what).toMatch(
      /^A Kubernetes Event on VirtualService demo\/tcp-echo could not be created\. Events is forbidden: .* \(403\)\.$/,
    )
    expect(finding?.remedy).toBe(
      'Grant it in a Role in namespace demo:\n  - {apiGroups: [""], resources: ["events"], verbs: ["create"]}',
    )
    grant('events')
    const again = await runOn(sandbox, { ...WITH_ENDPOINT(), weight: '30' })
    expect(again.outcome.verdict).toBe('pass')
    expect(said()).toHaveLength(2)
  })

  test('are tried again after a server error, which is no reason to say nothing of the end', async () => {
    await sandbox.faults.api({
      match: { method: 'POST', path: OF_EVENTS, nth: 1 },
      act: respond(500, {}),
    })
    await runOn(sandbox, SHORT)
    expect(said()).toEqual([expect.stringMatching(/^Normal StepConfirmed /)])
  })

  test.each([409, 422])(
    'are tried again after a %i, which is about one Event only',
    async (status) => {
      await sandbox.faults.api({
        match: { method: 'POST', path: OF_EVENTS, nth: 1 },
        act: respond(status, {}),
      })
      await runOn(sandbox, SHORT)
      expect(said()).toEqual([expect.stringMatching(/^Normal StepConfirmed /)])
    },
  )

  /** A run whose Events get no answer, and how long its end takes after its verdict. Milliseconds. */
  async function unanswered(
    inputs: Readonly<Record<string, string>>,
    extras: { cancelled?: AbortSignal; onLine?: (text: string) => void } = {},
  ) {
    await sandbox.faults.api({ match: { method: 'POST', path: OF_EVENTS }, act: hangs() })
    const saidMs: number[] = []
    const onLine = (text: string) => {
      saidMs.push(performance.now())
      extras.onLine?.(text)
    }
    const run = await runOn(sandbox, inputs, { ...extras, onLine })
    const verdictMs = saidMs[run.lines.findLastIndex(({ level }) => level === 'error')] ?? 0
    return { ...run, tookMs: performance.now() - verdictMs }
  }

  test('that the API server does not answer delay neither the rollback nor the verdict, and the end by 2 s at most', async () => {
    const { outcome, lines, tookMs } = await unanswered({
      ...HOPELESS,
      'kubernetes-events': 'true',
    })
    expect(outcome.rolledBack).toBe(true)
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(tookMs).toBeGreaterThan(1500)
    expect(tookMs).toBeLessThan(4000)
    expect(lines.at(-1)).toMatchObject({
      level: 'warning',
      title: 'Traffic shift: ITS-EVENT-NOT-CREATED',
      text: expect.stringMatching(
        /^A Kubernetes Event on VirtualService demo\/tcp-echo could not be created\. https:.*\[ITS-EVENT-NOT-CREATED\]$/s,
      ),
    })
  })

  test('of a run that is cancelled are waited for half a second', async () => {
    const cancel = new AbortController()
    const onLine = (text: string) => {
      if (/^Written at /.test(text)) cancel.abort()
    }
    const { outcome, tookMs } = await unanswered(
      { ...SHORT, rate: '5' },
      { cancelled: cancel.signal, onLine },
    )
    expect(outcome.reason).toBe('cancelled')
    expect(tookMs).toBeLessThan(1900)
  })
})

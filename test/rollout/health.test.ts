import { describe, expect, onTestFinished, test } from 'vitest'
import { runOn, WEB } from '../../kit/run/run.ts'
import type { DestinationFault } from '../../sandbox/faults/destination-fault.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

/** A sandbox with v1 and v2 at 80% and 20% whose v2, or the given version, has a fault. */
async function webWith(fault?: DestinationFault, every = 1, name = 'v2'): Promise<Sandbox> {
  const sandbox = await startSandbox({ web: { http: { v1: 80, v2: 20 } }, debounceMs: 10 })
  onTestFinished(() => sandbox.stop())
  if (fault) await sandbox.faults.destination(name, fault, { every })
  return sandbox
}

/** A shift to 50/50 that needs few requests. */
const HALF = {
  ...WEB,
  subset: 'v2',
  weight: '50',
  tolerance: '20',
  rate: '500',
  'propagation-timeout': '2s',
}
const BROKEN: DestinationFault = { kind: 'status', status: 503 }

describe('a limit', () => {
  test('is confirmed by requests over health-span after the split is', async () => {
    const { outcome } = await runOn(await webWith(), {
      ...HALF,
      'max-errors': '20',
      'max-latency': 'p50=4s',
      'health-span': '1s',
    })
    expect(outcome).toMatchObject({ verdict: 'pass', reason: 'within-tolerance' })
    expect(outcome.message).toMatch(
      / max-errors \(20%\) is confirmed for v2: 0 errors in \d+ requests over [\d.]+ (ms|s)\. max-latency \(p50=4s\) is confirmed for v2: /,
    )
    expect(outcome.checks[0]?.settle).toMatchObject({ ended: 'over' })
  })

  test('of errors that is exceeded rolls back, with a warning where the old version exceeds it too', async () => {
    const sandbox = await webWith(BROKEN, 2)
    await sandbox.faults.destination('v1', BROKEN)
    const { outcome, log } = await runOn(sandbox, { ...HALF, 'max-errors': '5' })
    expect(outcome).toMatchObject({ code: 'ITS-TOO-MANY-ERRORS', rolledBack: true })
    expect(outcome.message).toMatch(/v2 exceeds max-errors \(5%\): \d+ of \d+ requests to v2 were/)
    expect(log).toMatch(/The rollback gives traffic back to v1, which exceeds max-errors \(5%\)/)
  })

  test('that is exceeded ends an attempt, and the log says so', async () => {
    const { outcome, log } = await runOn(await webWith(BROKEN, 2), {
      ...HALF,
      mode: 'verify',
      weight: '20',
      tolerance: '5',
      'max-errors': '5',
    })
    expect(outcome).toMatchObject({ code: 'ITS-TOO-MANY-ERRORS' })
    expect(log).toMatch(/ {2}Attempt 1: .* requests in .*: ended by the errors of v2\n/)
  })

  test('of latency that is exceeded rolls back', async () => {
    const { outcome } = await runOn(await webWith({ kind: 'slow', delayMs: 300 }), {
      ...HALF,
      'max-latency': 'p90=200ms',
    })
    expect(outcome).toMatchObject({ code: 'ITS-TOO-SLOW', rolledBack: true })
    expect(outcome.message).toMatch(/replies of v2 took longer than 200 ms, which is /)
  })

  test('is not decided where unrecognized replies may be errors of the version', async () => {
    const { outcome } = await runOn(await webWith({ kind: 'status', status: 200, body: '?' }, 40), {
      ...HALF,
      'max-errors': '2',
      'health-span': '0s',
      connections: '600',
      confidence: '90',
    })
    expect(outcome).toMatchObject({ reason: 'health-undecided', code: 'ITS-HEALTH-UNDECIDED' })
    expect(outcome.message).toMatch(/and \d+ of no known destination/)
    expect(outcome.rolledBack).toBe(true)
  })

  test('is refused before the write where health-span alone is longer than timeout', async () => {
    const { outcome } = await runOn(await webWith(), {
      ...HALF,
      'max-errors': '1',
      timeout: '30s',
    })
    expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-HEALTH-CANNOT-END', wrote: false })
    expect(outcome.message).toContain('Samples have to be spread over 60 s (health-span).')
  })

  test('with a span for which no timeout is long enough is refused without proposing one', async () => {
    const { outcome } = await runOn(await webWith(), {
      ...HALF,
      'max-errors': '1',
      'health-span': '500h',
    })
    expect(outcome).toMatchObject({ code: 'ITS-HEALTH-CANNOT-END', wrote: false })
    expect(outcome.remedy).toContain('Set a shorter health-span.')
  })

  test('has many requests measured before the write, since a single one may be slow by chance', async () => {
    const { outcome, log } = await runOn(await webWith(), {
      ...HALF,
      'max-errors': '1',
      'health-span': '0s',
    })
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(log).toMatch(/Preflight: ([5-9]\d|100) requests/)
  })

  test('is refused before the write where the rate allows too few requests within timeout', async () => {
    const { outcome } = await runOn(await webWith(), {
      ...HALF,
      'max-errors': '0.1',
      'health-span': '0s',
      rate: '50',
      timeout: '60s',
    })
    expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-HEALTH-CANNOT-END', wrote: false })
    expect(outcome.message).toMatch(
      /max-errors \(0\.1%\) will most likely not be confirmed within timeout if the rate of the version is a tenth of the limit or more\. It then takes about [\d,]+ requests\. At about \d+ a second, the checks need \d+ s\. timeout leaves \d+ s\./,
    )
  })

  test('is refused where the rule has samples that show no errors', async () => {
    const sandbox = await startSandbox({ debounceMs: 10 })
    onTestFinished(() => sandbox.stop())
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '50',
      'reply-until': 'match',
      'max-errors': '1',
    })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'input', wrote: false })
    expect(outcome.message).toContain('max-errors needs samples that show errors')
  })
})

describe('step-interval', () => {
  const STEPS = { ...HALF, steps: '30', 'step-interval': '20s' }

  test('is watched, and an alarm rolls back at once', async () => {
    const sandbox = await webWith()
    const onLine = (text: string) => {
      if (text.includes('Confirmed: v1 70%')) void sandbox.faults.destination('v2', BROKEN)
    }
    const { outcome } = await runOn(sandbox, STEPS, { onLine })
    expect(outcome).toMatchObject({
      reason: 'unhealthy',
      code: 'ITS-MORE-ERRORS',
      rolledBack: true,
      weights: { v1: 80, v2: 20 },
    })
    expect(outcome.message).toMatch(
      /after v1 70%, v2 30% was confirmed \(step 1\), the watch of step-interval raised an alarm\. v2 has a higher error rate/,
    )
    expect(outcome.checks).toHaveLength(1)
    expect(outcome.checks[0]?.watch).toMatchObject({ ended: 'alarm', lastsMs: 20_000 })
  })

  test('raises an alarm of requests that stay unanswered, also right after the write', async () => {
    const sandbox = await webWith()
    const onLine = (text: string) => {
      if (text.includes('Confirmed: v1 70%')) void sandbox.faults.gateway({ kind: 'refuses' })
    }
    const { outcome } = await runOn(sandbox, { ...STEPS, rate: '200' }, { onLine })
    expect(outcome).toMatchObject({ reason: 'no-reply', rolledBack: true })
    expect(outcome.checks).toHaveLength(1)
    expect(outcome.checks[0]?.watch).toMatchObject({ ended: 'alarm' })
  })

  test('without an alarm lasts as long as it is said, and the next step follows', async () => {
    const { outcome } = await runOn(await webWith(), { ...STEPS, 'step-interval': '400ms' })
    expect(outcome).toMatchObject({ verdict: 'pass' })
    const [first, last] = outcome.checks
    expect(first?.watch?.ended).toBe('over')
    // The interval begins with the confirmation, and a busy machine starts to sample a little later.
    expect(first?.watch?.tookMs).toBeGreaterThanOrEqual(200)
    expect(first?.watch?.samples).toBeGreaterThan(0)
    expect(last?.watch).toBeUndefined()
  })
})

test('a plan says what limits take, which rates an interval shows, and what 100% leaves untested', async () => {
  const { log } = await runOn(await webWith(), {
    ...WEB,
    mode: 'plan',
    subset: 'v2',
    weight: '100',
    steps: '25',
    'step-interval': '10m',
    timeout: '2h',
    'max-latency': 'p99=250ms',
  })
  expect(log).toMatch(
    /max-latency \(p99=250ms\) must be confirmed for v2\. In the step that takes most, this is about [\d,]+ requests where the rate is a tenth/,
  )
  expect(log).toMatch(
    /The run watches step-interval with 10 requests a second\. .* v2 at 25% \(1,500 requests\): errors from [\d.]+%, slow replies from [\d.]+%\./,
  )
  expect(log).toContain(
    'At 100%, v2 has no others to compare its errors with. To test them there too, set max-errors.',
  )
})

test('a version whose connections break off fails, where the old one answers in full', async () => {
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, debounceMs: 10 } as never)
  onTestFinished(() => sandbox.stop())
  await sandbox.faults.destination('v2', { kind: 'half-line', afterwards: 'close' }, { every: 2 })
  const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '20' })
  expect(outcome).toMatchObject({ code: 'ITS-MORE-ERRORS', rolledBack: true })
  expect(outcome.message).toMatch(
    /connections to v2 ended with an error \(for example "closed after/,
  )
})

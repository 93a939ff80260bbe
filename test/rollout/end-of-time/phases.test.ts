import { describe, expect, onTestFinished, test } from 'vitest'
import { holdTime } from '../../../kit/run/held-time.ts'
import { runOn, WEB } from '../../../kit/run/run.ts'
import type { Act } from '../../../sandbox/faults/api-fault.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'
import { passage } from './support/passage.ts'

const TCP = { subset: 'v2', weight: '50', tolerance: '20', proxies: 'off', timeout: '10m' }
const RESTORED = 'The previous weights are restored (v1 80%, v2 20%).'
const NOT_CHECKED = 'Whether the gateway uses them was not checked.'

/** A phase of a run, in which its time is over while replies are awaited. */
type Phase = {
  phase: string
  mesh?: SandboxOptions
  inputs?: Readonly<Record<string, string>>
  /** The line of the log from which on the gateway answers nothing. */
  from: RegExp
  ends: Readonly<Record<string, unknown>>
  why: RegExp
  now: Readonly<Record<string, number>>
  remedy: RegExp
}

const PHASES: readonly Phase[] = [
  {
    phase: 'preflight',
    from: /^Gateway: /,
    ends: { reason: 'limit-reached', code: 'ITS-TIME-UP', wrote: false, rolledBack: false },
    why: /^Time ran out while connections were open before the write\. 0 of them ended\.$/,
    now: { v1: 80, v2: 20 },
    remedy: /^Set a timeout well above probe-timeout \(5 s\)\./,
  },
  {
    phase: 'check',
    from: /^Written /,
    ends: { reason: 'limit-reached', code: 'ITS-TIME-UP', wrote: true, rolledBack: true },
    why: /\nTime ran out (before any connection ended|after \d+ connections?)\. /,
    now: { v1: 80, v2: 20 },
    remedy: /^Raise timeout or concurrency, or use a wider tolerance\.$/,
  },
  {
    phase: 'settling of limits',
    mesh: { web: { http: { v1: 80, v2: 20 } }, debounceMs: 10 },
    inputs: { ...WEB, 'max-errors': '3', 'health-span': '5m' },
    from: /^ {2}Attempt \d+: .* confirmed$/,
    ends: { reason: 'health-undecided', wrote: true, rolledBack: true },
    why: /\nTime ran out after [\d,]+ requests\. The split is confirmed, but max-errors \(3%\) is not decided for v2/,
    now: { v1: 80, v2: 20 },
    remedy: /^Raise timeout/,
  },
  {
    phase: 'watch of step-interval',
    inputs: { steps: '35', 'step-interval': '5m', tolerance: '12' },
    from: /^Watch v1 65%, v2 35%/,
    ends: { reason: 'limit-reached', code: 'ITS-TIME-UP', wrote: true, rolledBack: true },
    why: /\nTime ran out between two steps\.$/,
    now: { v1: 80, v2: 20 },
    remedy: /^Raise timeout, or shorten step-interval\.$/,
  },
]

async function meshWith(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, debounceMs: 10, ...options })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

describe('a run whose time is over while replies are awaited', () => {
  test.each(PHASES)(
    'names its own limit, what production has and what to do: in the $phase',
    async ({ mesh, inputs, from, ends, why, now, remedy }) => {
      const sandbox = await meshWith(mesh)
      const time = holdTime()
      const { gateway, web } = sandbox
      const address = mesh?.web ? { host: web.host, port: web.http } : gateway
      const way = await passage(address, time.endNext)
      const onLine = (line: string) => {
        if (from.test(line)) way.hold()
        // Nothing shows whether the gateway uses the restored weights.
        if (line.startsWith('Restored at ')) time.endAll()
      }
      const given = { ...TCP, ...inputs, endpoint: way.endpoint }
      const { outcome, log } = await runOn(sandbox, given, { ...time, onLine })
      expect(outcome).toMatchObject({ verdict: 'inconclusive', weights: now, ...ends })
      expect(outcome.message).toMatch(why)
      if (outcome.rolledBack) expect(outcome.message).toContain(`${RESTORED} ${NOT_CHECKED}`)
      expect(outcome.remedy).toMatch(remedy)
      expect(log).toContain('Production now: v1 80%, v2 20%, ')
      expect(outcome.message).not.toContain('API server')
    },
  )
})

describe('a run whose time is over in its rollback', () => {
  const REFUTED = { ...TCP, weight: '90', 'propagation-timeout': '1ms' }

  test('says that the weights may still be there, and how to restore them, while the API server is awaited', async () => {
    const sandbox = await meshWith()
    await sandbox.faults.gateway({ kind: 'even' })
    const time = holdTime()
    const act: Act = async () => {
      time.endAll()
      return { kind: 'hang' }
    }
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false, nth: 2 }, act })
    const { outcome } = await runOn(sandbox, REFUTED, time)
    expect(outcome).toMatchObject({ reason: 'rollback-failed', rolledBack: false })
    expect(outcome.message).toContain('may still have the weights of this run (v1 10%, v2 90%)')
    expect(outcome.message).toContain(
      'The write that restores them failed. The time limit of the run (timeout) was over before the API server answered.',
    )
    expect(outcome.remedy).toMatch(/^Restore them with kubectl:\n {2}kubectl /)
  })

  test('says that the weights are restored, and that their use was not checked, while replies are awaited', async () => {
    const sandbox = await meshWith()
    await sandbox.faults.gateway({ kind: 'even' })
    const time = holdTime()
    const onLine = (line: string) => line.startsWith('Restored at ') && time.endAll()
    const { outcome } = await runOn(sandbox, REFUTED, { ...time, onLine })
    expect(outcome).toMatchObject({ verdict: 'fail', rolledBack: true })
    expect(outcome.weights).toEqual({ v1: 80, v2: 20 })
    expect(outcome.message).toContain(`${RESTORED} ${NOT_CHECKED}`)
  })
})

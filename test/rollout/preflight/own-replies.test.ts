import { describe, expect, onTestFinished, test } from 'vitest'
import { runOn, WEB } from '../../../kit/run/run.ts'
import type { OwnReplyFault } from '../../../sandbox/faults/gateway-fault.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

async function webMesh(): Promise<Sandbox> {
  const sandbox = await startSandbox({ web: true })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

const SHIFT = { ...WEB, subset: 'v2', weight: '20', tolerance: '15' }

/** A shift whose requests the gateway answers itself. */
async function answered(fault: Omit<OwnReplyFault, 'kind' | 'when'>, inputs = {}) {
  const sandbox = await webMesh()
  await sandbox.faults.gateway({ kind: 'reply', when: 'before-route', ...fault })
  return runOn(sandbox, { ...SHIFT, ...inputs })
}

describe('preflight, where the gateway answers all requests itself,', () => {
  test.each<[string, Omit<OwnReplyFault, 'kind' | 'when'>, string, string]>([
    [
      'a redirect to https',
      { status: 301, headers: [['location', 'https://web.example.com/']] },
      'The gateway redirects these requests to HTTPS, so no destination gets them.',
      'probe-tls: true',
    ],
    ['401', { status: 401, body: 'Jwt is missing' }, 'asks for credentials', 'probe-headers'],
    ['403', { status: 403, body: 'RBAC: access denied' }, 'A policy', 'authorizationpolicies'],
    ['404', { status: 404 }, 'no route for this host and path', 'probe-host and probe-path'],
    ['429', { status: 429, body: 'local_rate_limited' }, 'A rate limit', 'Set rate'],
  ])('with %s says why, and writes nothing', async (_, fault, what, remedy) => {
    const { outcome, log } = await answered(fault)
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'preflight',
      code: 'ITS-ANSWERED-BY-GATEWAY',
      wrote: false,
    })
    expect(outcome.message).toContain('requests to ')
    expect(outcome.message).toContain(what)
    expect(outcome.remedy).toContain(remedy)
    expect(outcome.remedy).toContain('To see what comes back:\n  curl ')
    expect(log).toContain('Nothing was written.')
  })

  test('says so with stamps too, of which no reply has one before the write', async () => {
    const fault = { status: 401, body: 'Jwt is missing' }
    const { outcome } = await answered(fault, { expect: 'stamp' })
    expect(outcome).toMatchObject({ reason: 'preflight', code: 'ITS-NO-SUCCESSFUL-REPLY' })
    expect(outcome.message).toMatch(
      /^None of 10 requests to \S+ was a success: 10 answered by the gateway itself \(for example "401 Jwt is missing"\)\. The gateway asks for credentials\. With expect: stamp, a run needs successes\.$/,
    )
  })
})

describe('a version that gives errors', () => {
  test('that no expression matches is to be checked, and not only expect', async () => {
    const sandbox = await webMesh()
    await sandbox.faults.destination('v2', { kind: 'status', status: 500, body: 'broken' })
    const { outcome } = await runOn(sandbox, SHIFT)
    expect(outcome).toMatchObject({ reason: 'no-reply', code: 'ITS-UNRECOGNIZED-REPLIES' })
    expect(outcome.message).toContain('(for example "500 broken")')
    expect(outcome.remedy).toMatch(
      /^Most of these replies are errors of a version\. Check the Pods:/,
    )
    expect(outcome.remedy).toContain('use expect: stamp')
  })

  test('with its own mark is named, with its Pods', async () => {
    const sandbox = await webMesh()
    const body = '"version":"v2" is broken'
    await sandbox.faults.destination('v2', { kind: 'status', status: 503, body })
    const { outcome } = await runOn(sandbox, SHIFT)
    expect(outcome).toMatchObject({ reason: 'unhealthy', code: 'ITS-MORE-ERRORS' })
    expect(outcome.message).toContain('Ready Pods: v1 1 of 1, v2 1 of 1.')
    expect(outcome.remedy).toContain('To list the Pods of v2 alone:\n  kubectl ')
  })
})

describe('a version behind the gateway that is down', () => {
  test('does not keep a shift from moving all traffic away from it', async () => {
    const sandbox = await webMesh()
    await sandbox.faults.destination('v1', { kind: 'not-ready' })
    await sandbox.applied()
    const { outcome, record } = await runOn(sandbox, { ...SHIFT, weight: '100' })
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(record.findings.map(({ what }) => what).join('\n')).toContain(
      'v1 has 100% and no ready Pod, and none of 10 requests got a recognized reply before the write',
    )
  })

  test('that gets traffic is named, with what the replies of the gateway mean', async () => {
    const sandbox = await webMesh()
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { outcome } = await runOn(sandbox, SHIFT)
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
    expect(outcome.message).toContain('v2 does not answer')
    expect(outcome.message).toContain(
      'The gateway gets no connection to the destination, or loses it before the reply.',
    )
    expect(outcome.remedy).toContain('Check that its Pods listen on the port of the Service')
  })
})

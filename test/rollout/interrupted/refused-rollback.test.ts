import { describe, expect, test } from 'vitest'
import { holdTime } from '../../../kit/run/held-time.ts'
import { interruptRun, ROLLBACK } from '../../../kit/run/interrupted.ts'
import { ROUTE } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { deniedBy, respond } from '../../../sandbox/faults/api-acts.ts'
import type { Act } from '../../../sandbox/faults/api-fault.ts'
import { listAt } from '../../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const WHOSE = 'https://ci.example/jobs/7 (started 00:00:00 UTC)'
const READER = {
  name: 'reader',
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
}

/** A mesh at 80/20 with what an interrupted run left. */
async function interrupted(): Promise<Sandbox> {
  const sandbox = await startSandbox({
    weights: { v1: 80, v2: 20 },
    now: () => new Date(NOW_MS),
  })
  interruptRun(sandbox, NOW_MS)
  return sandbox
}

/** A rollback whose writes end so, and whose time is up once it has said so. */
async function rollBackInto(sandbox: Sandbox, act: Act, kubeconfig = sandbox.kubeconfig) {
  await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false }, act })
  const time = holdTime()
  const onLine = (text: string) => text.includes('Retrying until the time limit') && time.endAll()
  const result = await runOn({ kubeconfig }, ROLLBACK, { ...time, onLine })
  await sandbox.stop()
  return result
}

/** Gives the rule another match, so that the journal's rule is gone. */
function removeRule(sandbox: Sandbox): void {
  const tcp = structuredClone(listAt(sandbox.objects.get(ROUTE), 'spec', 'tcp')) as object[]
  sandbox.objects.patch(ROUTE, {
    spec: { tcp: tcp.map((rule) => ({ ...rule, match: [{ port: 1 }] })) },
  })
}

describe('a rollback whose write is refused until its time is up', () => {
  test('names the policy where a webhook answers 403, and no right that is there already', async () => {
    const { outcome } = await rollBackInto(
      await interrupted(),
      deniedBy('policy.example.com', 'not on a Friday', { code: 403, reason: 'Forbidden' }),
    )
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'rollback-failed',
      previousWeights: { v1: 80, v2: 20 },
      weights: { v1: 50, v2: 50 },
    })
    expect(outcome.message).toContain(
      `demo/tcp-echo still has the weights of ${WHOSE}: v1 50%, v2 50%. The weights from before that run (v1 80%, v2 20%) could not be restored. The write failed. Admission control refused it: admission webhook "policy.example.com" denied the request: not on a Friday`,
    )
    expect(outcome.remedy).toMatch(/^Ask the owners of that policy/)
    expect(outcome.remedy).not.toContain('Grant it')
  })

  test('names what another client changed where the rule is not what the run wrote', async () => {
    const sandbox = await interrupted()
    removeRule(sandbox)
    const { outcome } = await rollBackInto(sandbox, respond(403, {}))
    expect(outcome.message).toContain(
      `demo/tcp-echo has v1 50%, v2 50% now, the weights of ${WHOSE}. Another client changed the match of the rule after that run wrote to it. Nothing was restored, and the journal could not be removed. Before that run they were v1 80%, v2 20%.`,
    )
    expect(outcome.remedy).toContain('Check the weights, then remove the journal:\n  kubectl ')
    expect(outcome.remedy).not.toContain('restore them with kubectl')
  })

  test('says that nothing was written, and what the weights are', async () => {
    const { lines } = await rollBackInto(await interrupted(), respond(403, {}))
    expect(lines.at(-1)?.text).toMatch(
      /Nothing was written\.\nProduction now: v1 50%, v2 50%, unchanged\./,
    )
  })

  test('does not say that nothing was written where the answer to a write was lost', async () => {
    const { outcome, log } = await rollBackInto(await interrupted(), respond(503))
    expect(outcome.reason).toBe('rollback-failed')
    expect(outcome.message).toContain('may still have the weights')
    expect(log).not.toContain('Nothing was written')
  })

  test('names the right that is missing, and what production has meanwhile', async () => {
    const sandbox = await interrupted()
    sandbox.tokens.set('reader', READER)
    const kubeconfig = sandbox.kubeconfigFor('reader')
    const { outcome } = await rollBackInto(sandbox, (_request, handle) => handle(), kubeconfig)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'access' })
    expect(outcome.message).toMatch(
      /^demo\/tcp-echo still has the weights of https:\/\/ci\.example\/jobs\/7 .*: v1 50%, v2 50%\./,
    )
    expect(outcome.remedy).toContain('verbs: ["patch"]')
  })
})

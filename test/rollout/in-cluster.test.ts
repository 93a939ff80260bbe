import { expect, test } from 'vitest'
import { refuseLeaks } from '../../kit/run/leaks.ts'
import { NO_JOBS } from '../../kit/run/no-jobs.ts'
import { TUTORIAL } from '../../kit/run/run.ts'
import type { Intent } from '../../src/journal/intent.ts'
import { readOptions } from '../../src/options/read-options.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'
import { rollout } from '../../src/rollout/rollout.ts'
import { apiOf, NEVER, sandboxWith } from '../kube/support/cluster.ts'

test("a run by a Pod's service account says so, and its commands to paste name no context", async () => {
  const sandbox = await sandboxWith()
  const api = { ...apiOf(sandbox.kubeconfig), context: undefined }
  const inputs: Readonly<Record<string, string>> = {
    ...TUTORIAL,
    subset: 'v2',
    weight: '20',
    tolerance: '15',
  }
  const { options } = readOptions((name) => inputs[name])
  const events: RunEvent[] = []
  const intents: Intent[] = []
  const outcome = await rollout({
    options,
    api,
    workloads: api,
    emit: (event) => events.push(event),
    nowMs: () => performance.now(),
    environment: {},
    cancelled: NEVER,
    redact: (text) => text,
    run: { id: 'run', attempt: 1, owner: 'owner', by: 'somebody@here' },
    atEnd: () => undefined,
    jobs: NO_JOBS,
    saveIntent: (intent) => intents.push(intent),
  })
  refuseLeaks([sandbox.kubeconfig], { all: JSON.stringify([outcome, events, intents]) })
  expect(outcome.verdict).toBe('pass')
  expect(events).toContainEqual(expect.objectContaining({ context: 'in-cluster' }))
  expect(intents.slice(0, 1)).toMatchObject([
    {
      context: 'in-cluster',
      manualCommand: expect.stringMatching(/^kubectl --namespace 'demo' patch/),
    },
  ])
})

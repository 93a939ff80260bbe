import { expect, test } from 'vitest'
import { pullRequestEvent, WITHOUT_SECRETS } from '../../kit/github/event.ts'
import { NUMBER, OTHER_COMMENT, startPullRequest } from '../../kit/github/pull-request.ts'
import { manifest } from '../../kit/manifest/edit.ts'
import { interruptRun } from '../../kit/run/interrupted.ts'
import { hasJournal, weightsOn } from '../../kit/run/object.ts'
import { short } from './support/log.ts'
import { mesh } from './support/mesh.ts'
import { git } from './support/place.ts'
import { confirmed } from './support/reports.ts'
import { type Given, runAct } from './support/start-act.ts'
import { exampleText } from './support/workflow.ts'

const run = (name: string, given: Omit<Given, 'workflow'>) =>
  runAct({ ...given, workflow: exampleText(name) })

test('the release workflow shifts over all steps to 100%, and uploads the report', async () => {
  const { sandbox, secrets } = await mesh()
  const { status, steps, place } = await run('release.yml', { event: 'release', secrets })
  expect(short(steps)).toEqual([
    ['Shift to v2', 'success', 'pass'],
    ['Keep the report', 'success'],
  ])
  expect(status).toBe(0)
  expect(confirmed(place)).toEqual([5, 25, 50, 100])
  expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
  expect(hasJournal(sandbox)).toBe(false)
})

test('the pull request gets the plan as a comment by the token of the job, and its canary gets traffic for a while', async () => {
  const { sandbox, secrets } = await mesh()
  const github = await startPullRequest()
  const { steps } = await run('pull-request.yml', {
    event: 'pull_request',
    payload: pullRequestEvent(NUMBER),
    secrets,
    github: github.url,
  })
  expect(short(steps)).toEqual([
    ['Plan the shift', 'success', 'planned'],
    ['A tenth to v2', 'success', 'pass'],
    ['Back to v1', 'success', 'pass'],
  ])
  const [other, ours, ...more] = github.comments
  expect(other).toEqual(OTHER_COMMENT)
  expect(ours?.body).toMatch(/^## 📝 .*demo\/tcp-echo/m)
  expect(ours?.body).toContain('+          weight: 10')
  expect(more).toEqual([])
  expect(weightsOn(sandbox)).toEqual({ v1: 100, v2: 0 })
})

test.each(Object.entries(WITHOUT_SECRETS))(
  'a pull request %s skips the plan and the canary, and its check passes',
  async (_, how) => {
    const github = await startPullRequest()
    const { status, steps } = await run('pull-request.yml', {
      event: 'pull_request',
      payload: pullRequestEvent(NUMBER, how),
      github: github.url,
    })
    expect(steps).toEqual([])
    expect(status).toBe(0)
    expect(github.requests).toEqual([])
  },
)

test('the rollout takes the defaults of its inputs, and its second job continues where the first one ended', async () => {
  const { sandbox, secrets } = await mesh()
  const { steps } = await run('rollout.yml', { secrets })
  expect(short(steps)).toEqual([
    ['The first steps', 'success', 'pass'],
    ['The rest', 'success', 'pass'],
  ])
  const [first, , rest] = steps
  expect(first?.text).toContain('Step 3 of 3: v1 80')
  expect(rest?.text).toContain('Step 1 of 4: v1 60')
  expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
})

test('the nightly workflow passes if the gateway splits as the object says, and fails otherwise', async () => {
  const { sandbox, secrets } = await mesh({ weights: { v1: 80, v2: 20 } })
  const good = await run('nightly-verify.yml', { event: 'schedule', secrets })
  expect(short(good.steps)).toEqual([['Verify the split', 'success', 'pass']])
  expect(good.status).toBe(0)
  await sandbox.faults.destination('v2', { kind: 'dead' })
  const bad = await run('nightly-verify.yml', { event: 'schedule', secrets })
  expect(short(bad.steps)).toEqual([['Verify the split', 'failure', 'fail']])
  expect(bad.status).toBe(1)
})

test('the rollback workflow shows the interrupted run, and restores the weights only if that is chosen', async () => {
  const { sandbox, secrets } = await mesh({ weights: { v1: 80, v2: 20 } })
  interruptRun(sandbox, Date.now())
  const shown = ['Show what is in progress', 'success', 'in-progress']
  const looked = await run('rollback.yml', { secrets })
  expect(short(looked.steps)).toEqual([shown])
  expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
  const restored = await run('rollback.yml', { secrets, inputs: { what: 'rollback' } })
  expect(short(restored.steps)).toEqual([shown, ['Restore the weights', 'success', 'restored']])
  expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
})

test('the ASM workflow finds the gateway with the second kubeconfig', async () => {
  const { sandbox } = await mesh({ separateClusters: true })
  const { steps } = await run('asm.yml', {
    secrets: { ASM_KUBECONFIG: sandbox.kubeconfig, ACK_KUBECONFIG: sandbox.gatewayKubeconfig },
    inputs: { weight: '20' },
  })
  expect(short(steps)).toEqual([['Shift', 'success', 'pass']])
  expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
})

test('the GitOps workflow pushes the file that it edited, and confirms what was rolled out from it', async () => {
  // The controller has finished: the mesh already has the weights that the file will have.
  const { secrets } = await mesh({ weights: { v1: 80, v2: 20 } })
  const only = '        - destination: {host: tcp-echo, subset: v1}\n'
  const { steps, place } = await run('gitops.yml', {
    secrets,
    inputs: { weight: '20' },
    files: { 'deploy/route.yaml': manifest(only) },
  })
  expect(short(steps)).toEqual([
    ['actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1', 'success'],
    ['Change the weights in the file', 'success', 'planned'],
    ['Commit it', 'success'],
    ['actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1', 'success'],
    ['Confirm what the controller rolled out', 'success', 'pass'],
  ])
  git(place, 'fetch', '--quiet')
  expect(git(place, 'log', '-1', '--format=%an: %s', 'origin/main')).toBe(
    'github-actions[bot]: Shift tcp-echo to {"v1":80,"v2":20}\n',
  )
  expect(git(place, 'show', 'origin/main:deploy/route.yaml')).toContain('weight: 20')
})

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { hasJournal, routeText, WEB_ROUTE, weightsOn, writes } from '../../kit/run/object.ts'
import { short } from './support/log.ts'
import { mesh } from './support/mesh.ts'
import { runAct, startAct, stepProcess } from './support/start-act.ts'
import { exampleText, hastened, OURS } from './support/workflow.ts'

/** Slow enough to be still running when something happens to it. */
const SLOW = exampleText('release.yml', { rate: '5' })
const WRITTEN = /Written at/

test('the summary of the job has the verdict, and the outputs of the step reach the next one', async () => {
  const { sandbox, secrets } = await mesh({ weights: { v1: 80, v2: 20 } })
  const workflow = workflowOf(`
      - ${OUR_STEP}
        id: shift
        with: {${TCP_ECHO}, subset: v2, weight: 30}
      - name: Next
        env:
          SAID: \${{ steps.shift.outputs.verdict }} \${{ steps.shift.outputs.weights }}
        run: printf '%s\\n' "$SAID"`)
  const { status, steps } = await runAct({ workflow, secrets })
  const [ours, next] = steps
  expect(status).toBe(0)
  expect(ours?.summary).toMatch(/^## ✅ demo\/tcp-echo: v2 is at 30% \(was 20%\)/)
  expect(ours?.outputs).toMatchObject({ verdict: 'pass', 'previous-weights': '{"v1":80,"v2":20}' })
  expect(next?.text).toContain('pass {"v1":70,"v2":30}')
  expect(weightsOn(sandbox)).toEqual({ v1: 70, v2: 30 })
})

test('a step with the verdict fail fails the job, its summary says why, and later steps are skipped', async () => {
  const { sandbox, secrets } = await mesh()
  const before = routeText(sandbox)
  await sandbox.faults.destination('v2', { kind: 'dead' })
  const workflow = workflowOf(`
      - ${OUR_STEP}
        with: {${TCP_ECHO}, subset: v2, weight: 30}
      - name: Next
        run: 'true'`)
  const { status, steps } = await runAct({ workflow, secrets })
  expect(short(steps)).toEqual([['Shift', 'failure', 'fail']])
  expect(status).toBe(1)
  expect(steps[0]?.outputs).toMatchObject({ 'rolled-back': 'true' })
  expect(steps[0]?.summary).toMatch(/^## ❌ demo\/tcp-echo/)
  expect(routeText(sandbox)).toBe(before)
})

test('the post step restores the weights if SIGKILL ends the process of the action', async () => {
  const { sandbox, secrets } = await mesh()
  const before = routeText(sandbox)
  const act = startAct({ workflow: SLOW, event: 'release', secrets })
  await act.said(WRITTEN)
  expect(weightsOn(sandbox)).toEqual({ v1: 95, v2: 5 })
  process.kill(stepProcess(act), 'SIGKILL')
  const { status, steps } = await act.ended
  expect(steps.map(({ name, stage, result }) => [name, stage, result])).toEqual([
    ['Shift to v2', 'Main', 'failure'],
    // It has the condition always().
    ['Keep the report', 'Main', 'success'],
    ['Shift to v2', 'Post', 'success'],
  ])
  expect(steps[2]?.text).toContain('has its previous weights again')
  expect(steps[2]?.summary).toContain('demo/tcp-echo')
  expect(status).toBe(1)
  expect(routeText(sandbox)).toBe(before)
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the post step restores the weights if %s ends act, which kills the action',
  async (signal) => {
    const { sandbox, secrets } = await mesh()
    const before = routeText(sandbox)
    const act = startAct({ workflow: SLOW, event: 'release', secrets })
    await act.said(WRITTEN)
    act.process.kill(signal)
    const { status, log } = await act.ended
    expect(status).not.toBe(0)
    expect(log).toContain('has its previous weights again')
    expect(routeText(sandbox)).toBe(before)
  },
)

test('the action restores the weights itself if SIGKILL ends act, because its terminal hangs up', async () => {
  const { sandbox, secrets } = await mesh()
  const before = routeText(sandbox)
  const act = startAct({ workflow: SLOW, event: 'release', secrets })
  await act.said(WRITTEN)
  const action = stepProcess(act)
  act.process.kill('SIGKILL')
  await endOf(action)
  expect(routeText(sandbox)).toBe(before)
})

test('a second run at the same time ends as locked and writes nothing, as act lets both run despite `concurrency`', async () => {
  const { sandbox, secrets } = await mesh()
  const first = startAct({ workflow: SLOW, event: 'release', secrets })
  await first.said(WRITTEN)
  const written = writes(sandbox)
  const second = await runAct({ workflow: exampleText('release.yml'), event: 'release', secrets })
  expect(second.status).toBe(1)
  expect(second.steps[0]).toMatchObject({
    result: 'failure',
    outputs: { verdict: 'error', reason: 'locked' },
  })
  expect(second.steps[0]?.text).toContain('Nothing was written.')
  expect(writes(sandbox)).toEqual(written)
  expect(weightsOn(sandbox)).toEqual({ v1: 95, v2: 5 })
  first.process.kill('SIGINT')
  await first.ended
  expect(hasJournal(sandbox)).toBe(false)
})

test('each entry of a matrix shifts its own object, at the same time', async () => {
  const { sandbox, secrets } = await mesh({ web: true })
  const workflow = workflowOf(
    `
      - ${OUR_STEP}
        with:
          kubeconfig: \${{ secrets.KUBECONFIG }}
          namespace: demo
          object: \${{ matrix.object }}
          subset: v2
          weight: \${{ matrix.weight }}
          expect: \${{ matrix.expect }}`,
    `
    strategy:
      matrix:
        include:
          - {object: vs/tcp-echo, weight: 20, expect: '{v1: ^one, v2: ^two}'}
          - {object: vs/web, weight: 40, expect: stamp}`,
  )
  const { status, steps } = await runAct({ workflow, secrets })
  expect(status).toBe(0)
  const mains = steps.filter(({ stage }) => stage === 'Main')
  expect(mains.map(({ job }) => job).sort()).toEqual(['Test/shift-1', 'Test/shift-2'])
  expect(mains.map(({ outputs }) => outputs.verdict)).toEqual(['pass', 'pass'])
  expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 60, v2: 40 })
})

test('what the action masks is hidden in the log from then on, also in base64', async () => {
  const { secrets } = await mesh({ web: true })
  // No secret of the workflow, so act learns it only from the action.
  const key = 'key-that-only-the-action-masks'
  const print = (name: string) => `
      - name: ${name}
        run: |
          printf '${name} <%s> <%s>\\n' '${key}' "$(printf %s '${key}' | base64)"`
  const workflow = workflowOf(`${print('Before')}
      - ${OUR_STEP}
        with:
          mode: plan
          kubeconfig: \${{ secrets.KUBECONFIG }}
          namespace: demo
          virtual-service: web
          subset: v2
          weight: 30
          probe-headers: '{x-api-key: ${key}}'${print('After')}`)
  const { status, log } = await runAct({ workflow, secrets, plain: true })
  expect(status).toBe(0)
  expect(log).toContain(`| Before <${key}> <${Buffer.from(key).toString('base64')}>`)
  expect(log).toContain('| After <***> <***>')
})

/** Resolves when a process has ended that is not a child of this one. */
function endOf(pid: number): Promise<unknown> {
  return promisify(execFile)('tail', ['--pid', String(pid), '-f', '/dev/null'])
}

const OUR_STEP = `uses: ${OURS}@0000000000000000000000000000000000000000
        name: Shift`
const TCP_ECHO = [
  `kubeconfig: "\${{ secrets.KUBECONFIG }}"`,
  'namespace: demo, virtual-service: tcp-echo',
  'expect: "{v1: ^one, v2: ^two}"',
].join(', ')

/** A workflow with one job. */
function workflowOf(steps: string, further = ''): string {
  const text = `name: Test
on: workflow_dispatch
jobs:
  shift:
    runs-on: ubuntu-24.04${further}
    steps:${steps}
`
  return hastened(text)
}

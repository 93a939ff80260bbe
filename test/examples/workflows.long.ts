import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { OTHER_COMMENT } from '../../kit/github/pull-request.ts'
import { manifest } from '../../kit/manifest/edit.ts'
import { CHILD_ENVIRONMENT } from '../../kit/run/child-environment.ts'
import { interruptRun } from '../../kit/run/interrupted.ts'
import { weightsOn } from '../../kit/run/object.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { namesOf, OPTIONS, type Option } from '../../src/options/table.ts'
import { makePlace, type Place } from './support/place.ts'
import { pullRequest } from './support/pull-request.ts'
import { confirmed, secrets, short } from './support/ran.ts'
import { inputsOf, isOurs, runWorkflow, stepsOf, type Values } from './support/workflow.ts'

const FOLDER = resolve(import.meta.dirname, '..', '..', 'examples')
const WORKFLOWS = readdirSync(FOLDER).filter((name) => /^(?!.*gitlab).*\.yml$/.test(name))
const options: readonly Option[] = OPTIONS

let sandbox: Sandbox | undefined
let place: Place | undefined
afterEach(async () => {
  place?.remove()
  await sandbox?.stop()
  place = undefined
  sandbox = undefined
})

async function mesh(how: SandboxOptions = {}): Promise<{ sandbox: Sandbox; place: Place }> {
  sandbox = await startSandbox(how)
  place = makePlace(sandbox.kubeconfig)
  return { sandbox, place }
}

/** The workflows that have steps of their own; the others call a reusable workflow. */
const WITH_STEPS = WORKFLOWS.filter((name) => stepsOf(name).length > 0)

describe.each(WITH_STEPS)('the example %s', (name) => {
  const ours = stepsOf(name).filter(({ step }) => isOurs(step))

  test('uses this action only with inputs that it has', () => {
    expect(ours.length).toBeGreaterThan(0)
    for (const { step } of ours)
      for (const input of Object.keys(inputsOf(step)))
        expect(options.flatMap(namesOf)).toContain(input)
  })

  test('sets every required input, and none that has no meaning in its mode', () => {
    for (const { step } of ours) {
      const inputs = inputsOf(step)
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(requiredBy(inputs)))
      const { mode = 'shift' } = inputs
      const meaningless = options.filter(({ modes }) => !modes.some((each) => each === mode))
      expect(meaningless.filter(({ name }) => name in inputs)).toEqual([])
    }
  })
})

function requiredBy({ mode = 'shift', manifest }: Record<string, string>): string[] {
  const probing = mode === 'verify' || (mode === 'shift' && manifest === undefined)
  return options
    .filter(({ required }) => required === 'always' || (required === 'probing' && probing))
    .map(({ name }) => name)
}

/** A workflow opens many connections, and the machine may be busy. How long it takes does not matter here. */
const WORKFLOW_MS = 60_000

test(
  'the release workflow shifts over all steps to 100%',
  async () => {
    const { sandbox, place } = await mesh()
    const ran = await runWorkflow('release.yml', secrets(sandbox), place)
    expect(short(ran)).toEqual([['Shift to v2', 0, 'pass']])
    expect(confirmed(place)).toEqual([5, 25, 50, 100])
    expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
  },
  WORKFLOW_MS,
)

test(
  'the pull request gets the plan as a comment, and its canary gets traffic for a while',
  async () => {
    const { sandbox, place } = await mesh()
    const { github, variables } = await pullRequest()
    const run = (values: Values = {}) =>
      runWorkflow('pull-request.yml', { ...secrets(sandbox), ...values }, { ...place, variables })
    expect(short(await run())).toEqual([
      ['Plan the shift', 0, 'planned'],
      ['A tenth to v2', 0, 'pass'],
      ['Back to v1', 0, 'pass'],
    ])
    const [other, ours, ...more] = structuredClone(github.comments)
    expect(other).toEqual(OTHER_COMMENT)
    expect(ours?.body).toMatch(/^## 📝 .*demo\/tcp-echo/m)
    expect(ours?.body).toContain('+          weight: 10')
    expect(more).toEqual([])
    expect(weightsOn(sandbox)).toEqual({ v1: 100, v2: 0 })
    // The next push edits this comment and no other.
    await run({ only: 'plan' })
    const body = expect.stringContaining('+          weight: 10')
    expect(github.comments).toEqual([OTHER_COMMENT, { ...ours, body }])
    expect(github.comments[1]?.body).not.toBe(ours?.body)
  },
  WORKFLOW_MS,
)

test(
  'the rollout runs its first steps, and continues from there after the approval',
  async () => {
    const { sandbox, place } = await mesh()
    const values: Values = { ...secrets(sandbox), 'inputs.subset': 'v2', 'inputs.canary': '5 10' }
    const ran = await runWorkflow('rollout.yml', values, place)
    expect(short(ran)).toEqual([
      ['The first steps', 0, 'pass'],
      ['The rest', 0, 'pass'],
    ])
    expect(ran[0]?.text).toContain('Step 3 of 3: v1 80')
    expect(ran[1]?.text).toContain('Step 1 of 4: v1 60')
    expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
  },
  WORKFLOW_MS,
)

test('the rollback workflow shows the interrupted run, and restores the weights if that is chosen', async () => {
  const { sandbox, place } = await mesh({ weights: { v1: 80, v2: 20 } })
  interruptRun(sandbox, Date.now())
  const run = (what: string) =>
    runWorkflow('rollback.yml', { ...secrets(sandbox), 'inputs.what': what }, place)
  expect(short(await run('status'))).toEqual([['Show what is in progress', 0, 'in-progress']])
  expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
  expect(short(await run('rollback'))).toEqual([
    ['Show what is in progress', 0, 'in-progress'],
    ['Restore the weights', 0, 'restored'],
  ])
  expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
})

test('the second job of the rollout needs an approval', () => {
  const jobs = stepsOf('rollout.yml').map(({ job }) => job)
  expect(jobs).toEqual(['canary', 'production'])
  expect(readFileSync(join(FOLDER, 'rollout.yml'), 'utf8')).toMatch(
    /production:\n {4}needs: canary\n.*\n {4}environment: production\n/,
  )
})

test(
  'the nightly workflow passes if the gateway splits as the object says, and fails otherwise',
  async () => {
    const { sandbox, place } = await mesh({ weights: { v1: 80, v2: 20 } })
    const values = secrets(sandbox)
    expect(short(await runWorkflow('nightly-verify.yml', values, place))).toEqual([
      ['Verify the split', 0, 'pass'],
    ])
    await sandbox.faults.destination('v2', { kind: 'dead' })
    expect(short(await runWorkflow('nightly-verify.yml', values, place))).toEqual([
      ['Verify the split', 1, 'fail'],
    ])
  },
  WORKFLOW_MS,
)

test(
  'the ASM workflow finds the gateway with the second kubeconfig',
  async () => {
    const { sandbox, place } = await mesh({ separateClusters: true })
    const values: Values = {
      'secrets.ASM_KUBECONFIG': sandbox.kubeconfig,
      'secrets.ACK_KUBECONFIG': sandbox.gatewayKubeconfig,
      'inputs.weight': '20',
    }
    expect(short(await runWorkflow('asm.yml', values, place))).toEqual([['Shift', 0, 'pass']])
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  },
  WORKFLOW_MS,
)

test(
  'the GitOps workflow pushes the file that it edited, and confirms what was rolled out from it',
  async () => {
    // The controller has finished: the mesh already has the weights that the file will have.
    const { sandbox, place } = await mesh({ weights: { v1: 80, v2: 20 } })
    const git = (...words: string[]) =>
      execFileSync('git', words, {
        cwd: place.workspace,
        encoding: 'utf8',
        env: { ...CHILD_ENVIRONMENT, HOME: place.workspace },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    const origin = join(place.reports, 'origin.git')
    git('init', '--quiet', '--bare', origin)
    git('init', '--quiet', '--initial-branch', 'main')
    mkdirSync(join(place.workspace, 'deploy'))
    const before = manifest('        - destination: {host: tcp-echo, subset: v1}\n')
    writeFileSync(join(place.workspace, 'deploy', 'route.yaml'), before)
    git('config', 'user.name', 'somebody')
    git('config', 'user.email', 'somebody@example.com')
    git('add', 'deploy')
    git('commit', '--quiet', '--message', 'The route')
    git('remote', 'add', 'origin', origin)
    git('push', '--quiet', '--set-upstream', 'origin', 'main')
    const values: Values = { ...secrets(sandbox), 'inputs.weight': '20', 'github.ref': 'main' }
    const steps = [
      'Change the weights in the file',
      'Commit it',
      'Confirm what the controller rolled out',
    ]
    expect(short(await runWorkflow('gitops.yml', values, place))).toEqual([
      [steps[0], 0, 'planned'],
      [steps[1], 0],
      [steps[2], 0, 'pass'],
    ])
    expect(git('log', '-1', '--format=%an: %s', 'origin/main')).toBe(
      'github-actions[bot]: Shift tcp-echo to {"v1":80,"v2":20}\n',
    )
    expect(git('show', 'origin/main:deploy/route.yaml')).toBe(
      before.replace(
        '        - destination: {host: tcp-echo, subset: v1}\n',
        `        - destination: {host: tcp-echo, subset: v1}
          weight: 80
        - destination: {host: tcp-echo, subset: v2}
          weight: 20
`,
      ),
    )
    // The second run has nothing to commit, which is not a failure.
    expect(short(await runWorkflow('gitops.yml', values, place)).map(([name]) => name)).toEqual([
      steps[0],
      steps[2],
    ])
  },
  WORKFLOW_MS,
)

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasJournal, ROUTE, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { at, type Json, textAt, textsAt } from '../../src/kube/json.ts'
import { makePlace, type Place, runShell } from './support/place.ts'
import { exampleText } from './support/workflow.ts'

let sandbox: Sandbox
let place: Place
beforeEach(async () => {
  sandbox = await startSandbox({ web: true })
  place = makePlace(sandbox.kubeconfig)
})
afterEach(async () => {
  place.remove()
  await sandbox.stop()
})

const inPlace = (name: string) => readFileSync(join(place.workspace, name), 'utf8')

/** A job opens many connections, and the machine may be busy. How long it takes does not matter here. */
const JOB = { timeout: 60_000 }

const GITLAB = [
  ['gitlab-ci.yml', ROUTE],
  ['http-gitlab-ci.yml', WEB_ROUTE],
] as const
const JENKINS = [
  ['Jenkinsfile', ROUTE],
  ['http.Jenkinsfile', WEB_ROUTE],
] as const

describe.each(GITLAB)('the GitLab CI example %s', JOB, (file, route) => {
  const pipeline = load(exampleText(file)) as Json
  const run = (job: string) =>
    runShell(
      [...textsAt(pipeline, 'default', 'before_script'), ...textsAt(pipeline, job, 'script')].join(
        '\n',
      ),
      { CI_JOB_ID: '7', NO_COLOR: '1' },
      place,
    )

  test('has a stage for each job', () => {
    for (const job of ['plan', 'shift', 'verify']) {
      expect(textsAt(pipeline, 'stages')).toContain(textAt(pipeline, job, 'stage'))
      expect(textsAt(pipeline, job, 'script')).toHaveLength(1)
    }
  })

  test('writes the plan as Markdown and as JSON', async () => {
    expect(await run('plan')).toMatchObject({ status: 0 })
    expect(JSON.parse(inPlace('plan.json'))).toMatchObject({ verdict: 'planned' })
    expect(inPlace('traffic-shift/summary.md')).toContain('```diff')
    expect(weightsOn(sandbox, route)).toEqual({ v1: undefined })
  })

  test('shifts, then verifies the weights that are in force', async () => {
    const { status, text } = await run('shift')
    expect(text).toMatch(/\bpass\b/)
    expect(status).toBe(0)
    expect(weightsOn(sandbox, route)).toEqual({ v1: 80, v2: 20 })
    expect(inPlace('traffic-shift/report.json')).toContain('"verdict": "pass"')
    const junit = textAt(pipeline, 'shift', 'artifacts', 'reports', 'junit') ?? ''
    expect(inPlace(junit)).toContain('<testsuite')
    expect((await run('verify')).status).toBe(0)
  })

  test('fails with a status other than the allowed one if v2 does not answer', async () => {
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { status } = await run('shift')
    expect(status).toBe(1)
    expect(at(pipeline, 'shift', 'allow_failure', 'exit_codes')).toEqual([3])
    expect(hasJournal(sandbox, route)).toBe(false)
  })
})

describe.each(JENKINS)('the Jenkins example %s', JOB, (file, route) => {
  const scripts = [...exampleText(file).matchAll(/'''([\s\S]*?)'''/g)].map(
    ([, script = '']) => script,
  )
  const run = (script: string | undefined) => {
    const tools = join(place.workspace, '.tools', 'node_modules', '.bin')
    const path = `PATH="${tools}:$PATH"\n`
    return runShell(
      `${path}${script ?? 'exit 70'}`,
      { BUILD_TAG: 'jenkins-shift-7', WEIGHT: '30' },
      place,
    )
  }

  test('installs the package of the repository, plans, then shifts by the requested weight', async () => {
    expect(scripts).toHaveLength(3)
    expect(exampleText(file)).toMatch(/PATH = "\S+WORKSPACE\}\/\.tools\/node_modules\/\.bin:/)
    // A workspace that an earlier build has used: its report would be published if this build ends early.
    const earlier = join(place.workspace, 'traffic-shift')
    mkdirSync(earlier)
    writeFileSync(join(earlier, 'junit.xml'), '<testsuites/>')
    expect((await run(scripts[0])).status).toBe(0)
    expect(existsSync(earlier)).toBe(false)
    const planned = await run(scripts[1])
    expect(planned.text).toMatch(/v1 70%, v2 30%|from \d+% to 30%/)
    expect(planned.status).toBe(0)
    expect((await run(scripts[2])).status).toBe(0)
    expect(weightsOn(sandbox, route)).toEqual({ v1: 70, v2: 30 })
    expect(inPlace('traffic-shift/report.html')).toContain('<!doctype html>')
    const [, junit = ''] = /junit testResults: '(\S+)'/.exec(exampleText(file)) ?? []
    expect(inPlace(junit)).toContain('<testsuite')
  })
})

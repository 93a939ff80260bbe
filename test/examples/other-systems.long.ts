import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasJournal, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { makePlace, type Place, runShell } from './support/place.ts'
import { argo, azure, circleci, gitlab, type System, tekton } from './support/systems.ts'

/**
 * The scripts of the pipelines in examples/other-ci, with real shells, against the embedded mesh. `npm run check:workflows`
 * compares the pipelines with the schemas of their systems.
 */
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

/** Runs the scripts until one fails, as all systems do. */
async function run(system: System, options?: string): Promise<{ status: number; text: string }> {
  let text = ''
  for (const script of system(place, options)) {
    const ended = await runShell(script.text, script.environment, place)
    text += ended.text
    if (ended.status !== 0) return { status: ended.status, text }
  }
  return { status: 0, text }
}

const SYSTEMS: readonly (readonly [name: string, system: System, showsJunit: boolean])[] = [
  ['the Tekton Task', tekton, true],
  ['the Argo WorkflowTemplate', argo, false],
  ['the Azure Pipelines template', azure, true],
  ['the CircleCI command', circleci, true],
  ['the GitLab component', gitlab('shift'), true],
]

describe.each(SYSTEMS)('%s', (_, system, showsJunit) => {
  test('shifts, and writes the reports that its system keeps', async () => {
    const { status, text } = await run(system)
    expect(text).toMatch(/\bpass\b/)
    expect(status).toBe(0)
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 80, v2: 20 })
    expect(hasJournal(sandbox, WEB_ROUTE)).toBe(false)
    const file = (name: string) => join(place.workspace, 'traffic-shift', name)
    expect(readFileSync(file('report.json'), 'utf8')).toContain('"verdict": "pass"')
    expect(existsSync(file('junit.xml'))).toBe(showsJunit)
  })

  test('ends with the status of the command, which gets the options without a change', async () => {
    const hostile = 'a $HOME \\ `id` $(id)'
    const options = `{object: VirtualService/web, namespace: '${hostile}', weight: 101}`
    const { status, text } = await run(system, options)
    expect(text).toContain(hostile)
    expect(status).toBe(2)
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: undefined })
  })
})

test('the GitLab component plans in a merge request', async () => {
  const { status, text } = await run(gitlab('plan'))
  expect(text).toMatch(/v2 would go from 0% to 20%/)
  expect(status).toBe(0)
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: undefined })
})

test('the GitLab component has its inputs in quotes or blocks, so that an empty one is a text', () => {
  const text = readFileSync('templates/traffic-shift/template.yml', 'utf8')
  expect(text).toContain('TRAFFIC_SHIFT_TARBALL: "$[[ inputs.tarball ]]"')
  expect(text).not.toMatch(/: +\$\[\[/)
})

test('the Azure Pipelines template removes the report of an earlier job before it installs the command', async () => {
  const earlier = join(place.workspace, 'traffic-shift')
  mkdirSync(earlier)
  const [install] = azure(place)
  expect((await runShell(install?.text ?? '', install?.environment ?? {}, place)).status).toBe(0)
  expect(existsSync(earlier)).toBe(false)
})

import { afterEach, describe, expect, test } from 'vitest'
import { rulesIn } from '../../kit/docs/yaml.ts'
import { installClouds, pluginStarts, standInFor, usedBy } from '../../kit/examples/providers.ts'
import { hasJournal, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { at, textAt } from '../../src/kube/json.ts'
import { makePlace, type Place } from './support/place.ts'
import { PROVIDER_ACTIONS } from './support/provider-inputs.ts'
import { confirmed, short } from './support/ran.ts'
import {
  exampleOf,
  exampleText,
  inputsOf,
  jobsOf,
  runWorkflow,
  stepsOf,
} from './support/workflow.ts'

const CLOUDS = ['eks.yml', 'gke.yml', 'aks.yml', 'ack.yml']
/** The actions that every example may use; they belong to no cloud. */
const OF_GITHUB = /^actions\//
const WORKFLOW_MS = 60_000
const HOUR_MS = 3_600_000

let sandbox: Sandbox | undefined
let place: Place | undefined
afterEach(async () => {
  place?.remove()
  await sandbox?.stop()
  place = undefined
  sandbox = undefined
})

/** Runs an example for a user who has the Roles of the README, and whose tokens are accepted for some time. */
async function runFor(name: string, lifetimeMs: number, replaced: Record<string, string> = {}) {
  sandbox = await startSandbox({ web: true })
  place = { ...makePlace(sandbox.kubeconfig), replaced }
  installClouds(place, sandbox, { name: 'shifter', rules: rulesIn('README.md') }, lifetimeMs)
  const variables = [...exampleText(name).matchAll(/vars\.(\w+)/g)].map(([, each]) => each)
  const values = Object.fromEntries(variables.map((each) => [`vars.${each}`, `the-${each}`]))
  return { sandbox, place, ran: await runWorkflow(name, values, place) }
}

test.each(['gke.yml', 'aks.yml', 'ack.yml'])(
  'the example %s shifts with the credentials that its cloud gives, and with no right but those of the README',
  async (name) => {
    const { sandbox, ran } = await runFor(name, HOUR_MS, { steps: '', weight: '20' })
    expect(short(ran).at(-1)).toEqual(['Shift to v2', 0, 'pass'])
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 80, v2: 20 })
  },
  WORKFLOW_MS,
)

test(
  'the example eks.yml shifts over all steps with tokens that expire in the middle of the run, and starts the plugin again',
  async () => {
    const { sandbox, place, ran } = await runFor('eks.yml', 500)
    expect(short(ran)).toEqual([
      ['Write the kubeconfig', 0],
      ['Shift to v2', 0, 'pass'],
    ])
    expect(confirmed(place)).toEqual([5, 25, 50, 100])
    expect(pluginStarts(place)).toBeGreaterThan(1)
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
    expect(hasJournal(sandbox, WEB_ROUTE)).toBe(false)
  },
  WORKFLOW_MS,
)

describe.each(CLOUDS)('the example %s', (name) => {
  const steps = stepsOf(name).map(({ step }) => step)

  test('requests an OIDC token and no other right, in an environment', () => {
    const workflow = exampleOf(name)
    expect(at(workflow, 'permissions')).toEqual({})
    for (const [, job] of jobsOf(workflow)) {
      expect(at(job, 'permissions')).toEqual({ 'id-token': 'write' })
      expect(textAt(job, 'environment')).toBe('production')
    }
  })

  test('needs no secret', () => {
    expect(exampleText(name)).not.toContain('secrets.')
  })

  test('uses outputs that its actions have', () => {
    for (const [, id, output = ''] of exampleText(name).matchAll(
      /steps\.(\w+)\.outputs\.([\w-]+)/g,
    )) {
      const step = steps.find((each) => textAt(each, 'id') === id)
      const action = PROVIDER_ACTIONS[usedBy(step ?? null)?.action ?? '']
      expect(action?.outputs).toContain(output)
    }
  })
})

describe('the actions of clouds in the examples', () => {
  const used = CLOUDS.flatMap((name) =>
    stepsOf(name).flatMap(({ step }) => {
      const use = usedBy(step)
      const isOther = use !== undefined && !use.action.startsWith('istio-traffic-shift/')
      return isOther && !OF_GITHUB.test(use.action) ? [{ ...use, step, name }] : []
    }),
  )

  test('get only inputs that their action.yml has, and all that it requires', () => {
    expect(used).toHaveLength(8)
    for (const { action, step } of used) {
      const inputs = Object.keys(inputsOf(step))
      expect(PROVIDER_ACTIONS[action]?.inputs).toEqual(expect.arrayContaining(inputs))
      expect(inputs).toEqual(
        expect.arrayContaining([...(PROVIDER_ACTIONS[action]?.required ?? ['none'])]),
      )
    }
  })

  test('are at the commit whose action.yml was read, with its version as a comment', () => {
    for (const { action, commit, name } of used) {
      expect(commit).toBe(PROVIDER_ACTIONS[action]?.commit)
      expect(exampleText(name)).toContain(
        `${action}@${commit} # ${PROVIDER_ACTIONS[action]?.version}\n`,
      )
    }
  })

  test('each have a stand-in, and no action is listed that no example uses', () => {
    for (const { step } of used) expect(standInFor(step)).toBeDefined()
    expect(Object.keys(PROVIDER_ACTIONS).sort()).toEqual(used.map(({ action }) => action).sort())
  })
})

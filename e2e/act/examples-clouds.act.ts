import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rulesIn } from '../../kit/docs/yaml.ts'
import { installClouds } from '../../kit/examples/providers.ts'
import { WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { short } from './support/log.ts'
import { mesh } from './support/mesh.ts'
import { runAct } from './support/start-act.ts'
import { exampleText } from './support/workflow.ts'

const HOUR_MS = 3_600_000

/** Runs an example for a user who has the Roles of the README. */
async function run(name: string, { logins }: { logins: readonly string[] }) {
  const { sandbox } = await mesh({ web: true })
  const workflow = exampleText(name, { steps: '', weight: '20' })
  const variables = [...workflow.matchAll(/vars\.(\w+)/g)].map(([, each]) => each)
  const { status, steps } = await runAct({
    workflow,
    event: 'release',
    vars: Object.fromEntries(variables.map((each) => [each, `the-${each}`])),
    prepare: (place) => {
      const user = { name: 'shifter', rules: rulesIn('README.md') }
      const kubeconfig = join(place.folder, 'kubeconfig')
      writeFileSync(kubeconfig, sandbox.kubeconfig)
      installClouds({ ...place, kubeconfig }, sandbox, user, HOUR_MS)
    },
  })
  expect(short(steps)).toEqual([
    ...logins.map((login) => [login, 'success']),
    ['Shift to v2', 'success', 'pass'],
  ])
  expect(status).toBe(0)
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 80, v2: 20 })
}

const WRITE = 'Write the kubeconfig'

test('the EKS workflow shifts with the plugin of the kubeconfig that the AWS CLI writes', () =>
  run('eks.yml', { logins: ['Log in to AWS', WRITE] }))

test('the GKE workflow shifts with the kubeconfig that an output of a step names', () =>
  run('gke.yml', { logins: ['Log in to Google Cloud', WRITE] }))

test('the AKS workflow shifts with a plugin that an earlier step installed, by the variable KUBECONFIG', () =>
  run('aks.yml', { logins: ['Log in to Azure', 'Install kubelogin', WRITE] }))

test('the ACK workflow shifts with the credentials that are outputs of its login', () =>
  run('ack.yml', { logins: ['Log in to Alibaba Cloud', WRITE] }))

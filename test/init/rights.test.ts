import { expect, test } from 'vitest'
import { rulesIn } from '../../kit/docs/yaml.ts'
import { proposedFor } from '../../kit/run/init.ts'
import { MESH_RULES } from '../../kit/run/mesh-rules.ts'
import { WEB_ROUTE } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import type { Rule } from '../../sandbox/api/users.ts'
import { sandboxWith } from '../kube/support/cluster.ts'

test('the Roles of the README are those that init proposes for its step', async () => {
  const sandbox = await sandboxWith({ web: true })
  const { rights } = await proposedFor(sandbox, { namespace: 'demo', 'virtual-service': 'web' })
  const proposed = rights.map(({ namespace, group, resource, names, verbs }) => ({
    namespace,
    apiGroups: [group],
    resources: [resource],
    verbs,
    ...(names && { resourceNames: names }),
  }))
  const rules = rulesIn('README.md')
  expect(proposed).toHaveLength(rules.length)
  expect(proposed).toEqual(expect.arrayContaining(rules))
})

test('init proposes the verb of the method for api-proxy, and the right to read Services where only it tells a new one from a subset', async () => {
  const sandbox = await sandboxWith({ web: true, gatewayApi: true })
  const posted = await proposedFor(sandbox, {
    namespace: 'demo',
    'virtual-service': 'web',
    connect: 'api-proxy',
    'probe-method': 'POST',
  })
  expect(posted.rights).toContainEqual(
    expect.objectContaining({ resource: 'services/proxy', verbs: ['create'] }),
  )
  const route = [{ destination: { host: 'web-v1', port: { number: 80 } } }]
  sandbox.objects.patch(WEB_ROUTE, { spec: { http: [{ route }] } })
  const added = await proposedFor(
    sandbox,
    { namespace: 'demo', 'virtual-service': 'web' },
    { samples: false },
  )
  expect(added.inputs).toMatchObject({ subset: 'web-v2' })
  expect(added.rights).toContainEqual(
    expect.objectContaining({ resource: 'services', namespace: 'demo', isRequired: true }),
  )
})

test('init marks what a Job for a rule of the mesh needs as required, so that a plan passes with these rights alone', async () => {
  const sandbox = await sandboxWith({ web: true, jobs: true })
  sandbox.objects.create(
    MESH_RULES['a VirtualService with gateways [mesh]'].object({ v1: 80, v2: 20 }),
  )
  const { inputs, rights } = await proposedFor(sandbox, {
    namespace: 'demo',
    'virtual-service': 'web-mesh',
  })
  const rules = rights
    .filter(({ isRequired }) => isRequired)
    .map(
      ({ namespace, group, resource, names, verbs }): Rule => ({
        ...{ namespace, apiGroups: [group], resources: [resource], verbs },
        ...(names && { resourceNames: names }),
      }),
    )
  sandbox.tokens.set('least', { name: 'least', rules })
  const none = { 'virtual-service': undefined, expect: undefined }
  const kubeconfig = sandbox.kubeconfigFor('least')
  const { outcome } = await runOn(sandbox, { ...none, ...inputs, kubeconfig, mode: 'plan' })
  expect(outcome).toMatchObject({ verdict: 'planned' })
})

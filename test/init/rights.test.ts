import { expect, test } from 'vitest'
import { rulesIn } from '../../kit/docs/yaml.ts'
import { proposedFor } from '../../kit/run/init.ts'
import { WEB_ROUTE } from '../../kit/run/object.ts'
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

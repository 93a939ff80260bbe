import { expect, test } from 'vitest'
import { rulesIn } from '../../kit/docs/yaml.ts'
import { proposedFor } from '../../kit/run/init.ts'
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

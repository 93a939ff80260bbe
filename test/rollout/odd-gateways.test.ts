import { expect, test } from 'vitest'
import { ROUTE } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { sandboxWith } from '../kube/support/cluster.ts'

test.each(['../tcp-echo-gateway', 'demo/..', './..', 'demo/.', '%2e%2e/x', 'a/b/c'])(
  'a gateway that is called %s leads to no other path of the API server, and is missing',
  async (gateway) => {
    const sandbox = await sandboxWith({ weights: { v1: 80, v2: 20 } })
    const spec = sandbox.objects.get(ROUTE)?.spec
    sandbox.objects.patch(ROUTE, { spec: { ...Object(spec), gateways: [gateway] } }, 'kubectl-edit')
    const { outcome } = await runOn(sandbox, { mode: 'plan', subset: 'v2', weight: '50' })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toMatch(/Gateway .*, which the rule names, does not exist\./)
    const asked = sandbox.calls.map(({ path }) => path.split('?')[0] ?? '')
    expect(asked.filter((path) => /gateway|\.\.|\/\/|%/.test(path))).toEqual([])
  },
)

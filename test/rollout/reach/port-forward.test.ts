import { expect, onTestFinished, test } from 'vitest'
import { runHttp, runOn, SURE } from '../../../kit/run/run.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'

const FORWARD = { connect: 'port-forward', confidence: SURE }
const SHIFT = { ...FORWARD, weight: '50', subset: 'v2', tolerance: '20' }
/** No address of the gateway's Service can be reached from outside of the cluster. */
const SERVICE = { kind: 'Service', namespace: 'istio-system', name: 'istio-ingressgateway' }

test('a shift through port-forwards passes at a gateway that has no address outside of the cluster', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 80, v2: 20 } })
  const { outcome, log } = await runOn(sandbox, SHIFT)
  expect(log).toContain('port-forward to port')
  expect(outcome).toMatchObject({ verdict: 'pass' })
})

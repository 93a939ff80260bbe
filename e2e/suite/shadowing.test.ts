import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { readmeRole } from '../objects/readme-role.ts'
import { accountWith } from '../objects/service-account.ts'
import { virtualService } from '../objects/tutorial.ts'
import { API_PORT, GATEWAY } from '../processes/addresses.ts'
import { runJob, warnings } from './support/job.ts'
import { api, gatewaySplits, routeIs, routeText } from './support/route.ts'

/** The tutorial's VirtualService under a name that comes first among two that were created in the same second. */
const OLDER: KubeObject = {
  ...virtualService(),
  metadata: { name: 'an-older-one', namespace: 'demo' },
}

describe('with an older VirtualService on the same port', () => {
  beforeEach(async () => {
    await routeIs()
    await api.create(OLDER)
    onTestFinished(async () => {
      await api.remove(OLDER)
      await gatewaySplits({ v1: 100 })
    })
    // After it is recreated, it is the newer one.
    await api.remove(virtualService())
    await api.create(virtualService())
  })

  test('an older VirtualService on the same port is found before a write', async () => {
    const before = await routeText()
    const { status, outputs, text } = await runJob({ subset: 'v2', weight: '20' })
    expect(status).toBe(1)
    expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(text).toContain(
      'VirtualService demo/an-older-one is older and gets the connections of that port',
    )
    expect(await routeText()).toBe(before)
  })

  test('without the right to list others a warning says so, the gateway uses the older one, and the run ends as not-propagated with the previous weights', async () => {
    const before = await routeText()
    const kubeconfig = await accountWith(api, API_PORT, 'shadowed', [readmeRole()])
    const { outputs, report } = await runJob({
      kubeconfig,
      endpoint: `${GATEWAY.host}:${GATEWAY.port}`,
      subset: 'v2',
      weight: '20',
      'propagation-timeout': '1s',
    })
    expect(warnings(report)).toEqual([
      expect.stringContaining(
        'Whether an older VirtualService gets the connections of the same gateway port',
      ),
    ])
    expect(outputs).toMatchObject({
      verdict: 'fail',
      reason: 'not-propagated',
      'rolled-back': 'true',
    })
    expect(await routeText()).toBe(before)
  })
})

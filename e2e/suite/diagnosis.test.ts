import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { textAt } from '../../sandbox/objects/json.ts'
import { tutorialObject } from '../objects/tutorial.ts'
import { POD_PORT, PODS } from '../processes/addresses.ts'
import { runJob, writesIn } from './support/job.ts'
import { api, routeIs, routeText } from './support/route.ts'

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

test('verify is dependent and names the version if all connections through an endpoint reach one version', async () => {
  const { status, outputs, text, report } = await runJob({
    mode: 'verify',
    weights: 'current',
    'propagation-timeout': '0s',
    endpoint: `${PODS.v1}:${POD_PORT}`,
  })
  expect(status).toBe(1)
  expect(outputs).toMatchObject({ verdict: 'inconclusive', reason: 'dependent' })
  expect(text).toMatch(
    /All [\d,]+ connections from this runner got the reply of v1, although v1 and v2 both have weight\. The split cannot be judged from here\./,
  )
  expect(text).toMatch(/Check sessionAffinity .* load balancer, and consistentHash/)
  expect(writesIn(report)).toEqual([])
})

test('a shift through such an endpoint is dependent, and the previous weights are restored', async () => {
  const before = await routeText()
  const { outputs, report } = await runJob({
    subset: 'v2',
    weight: '50',
    'propagation-timeout': '1s',
    endpoint: `${PODS.v1}:${POD_PORT}`,
  })
  expect(outputs).toMatchObject({
    verdict: 'inconclusive',
    reason: 'dependent',
    'rolled-back': 'true',
    // The gateway's proxies took the weights, although this endpoint is none of them.
    'propagation-ms': expect.stringMatching(/^\d+$/),
  })
  expect(textAt(report, 'message')).toMatch(
    /The previous weights are restored \([^)]*\)\. Whether the gateway uses them cannot be judged from its replies: v1 100%, v2 0% of [\d,]+ connections\./,
  )
  expect(await routeText()).toBe(before)
})

test('a consistentHash by source address does not pin a client to a version, because the weights apply before it', async () => {
  const rule = tutorialObject('DestinationRule', 'tcp-echo-destination')
  const loadBalancer = { consistentHash: { useSourceIp: true } }
  await api.merge(rule, { spec: { trafficPolicy: { loadBalancer } } })
  onTestFinished(async () => {
    await api.merge(rule, { spec: { trafficPolicy: null } })
  })
  const { outputs } = await runJob({ subset: 'v2', weight: '50' })
  expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":50,"v2":50}' })
})

test('swapped expectations do not pass, and the message names them or nothing is written', async () => {
  const before = await routeText()
  const { status, outputs, text, report } = await runJob({
    subset: 'v2',
    weight: '30',
    'propagation-timeout': '1s',
    expect: '{v1: "^two", v2: "^one"}',
  })
  expect(status).toBe(1)
  expect(outputs.verdict).not.toBe('pass')
  if (writesIn(report).length > 0)
    expect(text).toMatch(
      /The replies fit v1 \d+%, v2 \d+% if the expressions of v1 and v2 are swapped in expect\./,
    )
  else expect(text).toContain('expect')
  expect(await routeText()).toBe(before)
})

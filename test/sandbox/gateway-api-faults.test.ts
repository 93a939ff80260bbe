import { expect, test } from 'vitest'
import { conditionOf } from '../../kit/contract/gateway-api/mesh.ts'
import {
  API_GATEWAY,
  backendWeightsOn,
  GATEWAY_ROUTES,
  gatewayMesh,
} from '../../kit/run/gateway-api.ts'
import { numberAt, textAt } from '../../sandbox/objects/json.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { sandboxWith } from './support/sandbox.ts'

const { ref } = GATEWAY_ROUTES.http

function shift(sandbox: Sandbox): void {
  const rules = [{ backendRefs: [{ name: 'web-v2', port: 80 }] }]
  sandbox.objects.patch(ref, { spec: { rules } })
}

function accepted(sandbox: Sandbox) {
  return conditionOf(sandbox.objects.get(ref) ?? null, 'Accepted')
}

test('routes and the Gateway have their status from the start', async () => {
  const sandbox = await sandboxWith(gatewayMesh())
  for (const route of Object.values(GATEWAY_ROUTES)) {
    const object = sandbox.objects.get(route.ref) ?? null
    expect(conditionOf(object, 'Accepted')).toMatchObject({ status: 'True', observedGeneration: 1 })
    expect(conditionOf(object, 'ResolvedRefs')).toMatchObject({ status: 'True' })
  }
  const gateway = sandbox.objects.get(API_GATEWAY) ?? null
  expect(conditionOf(gateway, 'Programmed')).toMatchObject({ status: 'True' })
  expect(textAt(gateway, 'status', 'addresses', 0, 'value')).toBe(sandbox.gateway.host)
  expect(numberAt(gateway, 'status', 'listeners', 0, 'attachedRoutes')).toBe(2)
})

test('only the routes that are asked for are there', async () => {
  const sandbox = await sandboxWith(gatewayMesh({ v1: 80, v2: 20 }, ['tcp']))
  expect(backendWeightsOn(sandbox, 'tcp')).toEqual({ 'tcp-echo-v1': 80, 'tcp-echo-v2': 20 })
  expect(sandbox.objects.get(ref)).toBeUndefined()
})

test('a controller rejects the next generation, until the fault is cleared', async () => {
  const sandbox = await sandboxWith(gatewayMesh())
  const reason = 'UnsupportedValue'
  const order = await sandbox.faults.controller({
    kind: 'rejects',
    condition: 'Accepted',
    reason,
    message: 'not so',
  })
  expect(accepted(sandbox)).toMatchObject({ status: 'True', observedGeneration: 1 })
  shift(sandbox)
  await sandbox.applied()
  const rejected = { status: 'False', reason, message: 'not so', observedGeneration: 2 }
  expect(accepted(sandbox)).toEqual(rejected)
  await order.clear()
  expect(accepted(sandbox)).toMatchObject({ status: 'True', observedGeneration: 2 })
})

test('a controller rejects the present generation where that is ordered', async () => {
  const sandbox = await sandboxWith(gatewayMesh())
  await sandbox.faults.controller({
    kind: 'rejects',
    condition: 'ResolvedRefs',
    reason: 'BackendNotFound',
    message: 'gone',
    present: true,
    route: 'web-route',
  })
  const resolved = (name: 'http' | 'grpc') =>
    conditionOf(sandbox.objects.get(GATEWAY_ROUTES[name].ref) ?? null, 'ResolvedRefs')?.status
  expect([resolved('http'), resolved('grpc')]).toEqual(['False', 'True'])
})

test('a controller that never observes leaves a new generation without a status', async () => {
  const sandbox = await sandboxWith(gatewayMesh())
  const order = await sandbox.faults.controller({ kind: 'never-observes' })
  shift(sandbox)
  await sandbox.applied()
  expect(accepted(sandbox)).toMatchObject({ observedGeneration: 1 })
  await order.clear()
  expect(accepted(sandbox)).toMatchObject({ observedGeneration: 2 })
})

test('a controller that observes late writes the status after that time', async () => {
  const sandbox = await sandboxWith(gatewayMesh())
  await sandbox.faults.controller({ kind: 'observes-late', byMs: 50 })
  const beganMs = performance.now()
  shift(sandbox)
  await sandbox.applied()
  expect(accepted(sandbox)).toMatchObject({ observedGeneration: 2 })
  expect(performance.now() - beganMs).toBeGreaterThan(45)
})

test('the status of another controller stays', async () => {
  const sandbox = await sandboxWith(gatewayMesh())
  const other = {
    controllerName: 'example.com/other',
    parentRef: { name: 'theirs' },
    conditions: [],
  }
  sandbox.objects.patch(ref, { status: { parents: [other] } }, 'other')
  shift(sandbox)
  await sandbox.applied()
  const status = sandbox.objects.get(ref)?.status ?? null
  expect(status).toMatchObject({
    parents: [other, { controllerName: 'istio.io/gateway-controller' }],
  })
})

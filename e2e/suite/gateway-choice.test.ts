import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Json, JsonObject } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { tutorialObject, virtualService } from '../objects/tutorial.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { runJob, warnings } from './support/job.ts'
import { api, gatewaySplits, routeIs, withSpec } from './support/route.ts'

const WEIGHTS = { v1: 80, v2: 20 }
const FULL = 'tcp-echo.demo.svc.cluster.local'

/** Changes the spec of an object until the test ends. */
async function lend(object: KubeObject, fields: JsonObject): Promise<void> {
  const before = await api.read(object)
  onTestFinished(async () => void (await api.replace(before)))
  await api.replace(withSpec(before, fields))
}

/** Creates an object until the test ends. */
async function lendObject(object: KubeObject): Promise<void> {
  await api.create(object)
  onTestFinished(() => api.remove(object))
}

function servers(hosts: string[], ...more: Json[]): JsonObject {
  const port = { number: GATEWAY.port, name: 'tcp', protocol: 'TCP' }
  return { servers: [...more, { port, hosts }] }
}

/** A VirtualService of namespace default for the tutorial's port, made before the tutorial's own. */
async function older(spec: JsonObject): Promise<void> {
  const route = virtualService()
  const object = {
    ...route,
    metadata: { name: 'an-older-one', namespace: 'default' },
    spec: {
      hosts: ['*'],
      gateways: ['demo/tcp-echo-gateway'],
      tcp: [
        {
          match: [{ port: GATEWAY.port }],
          route: [{ destination: { host: FULL, port: { number: 9000 }, subset: 'v1' } }],
        },
      ],
      ...spec,
    },
  }
  await lendObject(object)
  await api.remove(route)
  await api.create(virtualService(WEIGHTS))
}

beforeEach(() => routeIs(WEIGHTS))

describe('a shift passes next to an older VirtualService', () => {
  test('whose namespace the server does not admit', async () => {
    await lend(tutorialObject('Gateway', 'tcp-echo-gateway'), servers(['demo/*']))
    await older({})
    await gatewaySplits(WEIGHTS)
    const { outputs, report } = await runJob({ subset: 'v2', weight: '50' })
    expect(outputs).toMatchObject({ verdict: 'pass' })
    expect(warnings(report)).toEqual([])
  })

  test("that the gateway's namespace does not see", async () => {
    await older({ exportTo: ['.'] })
    await gatewaySplits(WEIGHTS)
    const { outputs, report } = await runJob({ subset: 'v2', weight: '50' })
    expect(outputs).toMatchObject({ verdict: 'pass' })
    expect(warnings(report)).toEqual([])
  })
})

test('a rule without a port is shifted at the one server of three that carries TCP', async () => {
  const web = (number: number, protocol: string): Json => ({
    port: { number, name: `web-${number}`, protocol },
    hosts: ['*'],
  })
  await lend(
    tutorialObject('Gateway', 'tcp-echo-gateway'),
    servers(['*'], web(8080, 'HTTP'), {
      ...(web(8443, 'HTTPS') as JsonObject),
      tls: { mode: 'PASSTHROUGH' },
    }),
  )
  const { tcp } = virtualService(WEIGHTS).spec as { tcp: JsonObject[] }
  await lend(virtualService(), { tcp: [{ route: tcp[0]?.route ?? null }] })
  await gatewaySplits(WEIGHTS)
  const { outputs, text } = await runJob({ subset: 'v2', weight: '50' })
  expect(outputs).toMatchObject({ verdict: 'pass' })
  expect(text).toContain(`Gateway: ${GATEWAY.host}:${GATEWAY.port} (load balancer`)
})

test("a DestinationRule of the gateway's namespace that hides the subsets is named before anything is written", async () => {
  await lendObject({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'mtls', namespace: 'istio-system' },
    spec: { host: FULL },
  })
  const { outputs, text } = await runJob({ mode: 'plan', subset: 'v2', weight: '50' })
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(text).toContain(
    'DestinationRule istio-system/mtls hides subset v2 of host tcp-echo. Gateways in namespace istio-system use it instead of demo/tcp-echo-destination',
  )
})

test('an object that the gateway does not see is refused before a write', async () => {
  await lend(virtualService(), { exportTo: ['.'] })
  const { outputs, text } = await runJob({ mode: 'plan', subset: 'v2', weight: '50' })
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(text).toContain(
    "The weights of demo/tcp-echo would have no effect. It has exportTo ., and the gateway's Pods are in namespace",
  )
})

test('the answering one of two load balancer addresses is used, and the other one is named', async () => {
  const service = tutorialObject('Service', 'istio-ingressgateway')
  const balanced = (...ingress: JsonObject[]) =>
    api.merge(service, { status: { loadBalancer: { ingress } } }, 'status')
  onTestFinished(async () => void (await balanced({ ip: GATEWAY.host })))
  await balanced({ hostname: 'balancer.invalid' }, { ip: GATEWAY.host })
  const { outputs, report } = await runJob({ subset: 'v2', weight: '50' })
  expect(outputs).toMatchObject({ verdict: 'pass' })
  expect(warnings(report)).toEqual([
    expect.stringContaining(`balancer.invalid:${GATEWAY.port}: getaddrinfo`),
  ])
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runOn, SURE } from '../../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { isObject, objectsAt } from '../../../src/kube/json.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'

type Route = [host: string, subset: string, weight: number]

/** The tutorial's object as a file. */
function manifest(routes: readonly Route[], { port = 31400, gateway = 'tcp-echo-gateway' } = {}) {
  const items = routes.map(
    ([host, subset, weight]) =>
      `    - {destination: {host: ${host}, port: {number: 9000}, subset: ${subset}}, weight: ${weight}}`,
  )
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: tcp-echo, namespace: demo}
spec:
  hosts: ["*"]
  gateways: [${gateway}]
  tcp:
  - match: [{port: ${port}}]
    route:
${items.join('\n')}
`
}

const V1: Route = ['tcp-echo', 'v1', 80]
const V2: Route = ['tcp-echo', 'v2', 20]
const REF = {
  group: 'networking.istio.io',
  resource: 'virtualservices',
  namespace: 'demo',
  name: 'tcp-echo',
}

let folder: string
let path: string
let sandbox: Sandbox
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manifest-'))
  path = join(folder, 'route.yaml')
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
})
afterEach(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

/** What a controller does once it sees the file. */
function rollOut(routes: readonly Route[]): void {
  const present = sandbox.objects.get(REF)
  if (!present) throw new Error('the VirtualService is missing')
  const { metadata } = present
  const spec = isObject(present.spec) ? present.spec : {}
  const [rule] = objectsAt(spec, 'tcp')
  const route = routes.map(([host, subset, weight]) => ({
    destination: { host, port: { number: 9000 }, subset },
    weight,
  }))
  sandbox.objects.replace({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { ...metadata },
    spec: { ...spec, tcp: [{ ...rule, route }] },
  })
}

function verify(inputs: Record<string, string> = {}, onLine?: (text: string) => unknown) {
  const common = {
    mode: 'verify',
    weights: 'current',
    manifest: path,
    tolerance: '12',
    confidence: SURE,
    'propagation-timeout': '0s',
  }
  return runOn(sandbox, { ...common, ...inputs }, onLine ? { onLine } : {})
}

describe('verify of a manifest', () => {
  test.each<[string, Route[], Route[], Record<string, number>]>([
    ['adds', [['tcp-echo', 'v1', 100]], [V1, V2], { v1: 80, v2: 20 }],
    ['removes', [V1, V2], [['tcp-echo', 'v1', 100]], { v1: 100 }],
  ])('waits until the controller %s a destination', async (_, before, after, weights) => {
    rollOut(before)
    writeFileSync(path, manifest(after))
    const { outcome } = await verify(
      {
        'propagation-timeout': '20s',
        ...(after.length === 1 ? { expect: '{v1: "^one "}' } : {}),
      },
      (text) => {
        if (text.includes('waits for the controller')) rollOut(after)
      },
    )
    expect(outcome).toMatchObject({ verdict: 'pass', weights })
  })

  test('waits until the controller writes the weights, however long ago the object was changed', async () => {
    writeFileSync(
      path,
      manifest([
        ['tcp-echo', 'v1', 35],
        ['tcp-echo', 'v2', 65],
      ]),
    )
    const { outcome } = await verify({ 'propagation-timeout': '20s' }, (text) => {
      if (text.includes('waits for the controller'))
        rollOut([
          ['tcp-echo', 'v1', 35],
          ['tcp-echo', 'v2', 65],
        ])
    })
    const weights = { v1: 35, v2: 65 }
    expect(outcome).toMatchObject({ verdict: 'pass', weights, previousWeights: weights })
  })

  test('fails where the controller does not write the weights in time, and names both', async () => {
    writeFileSync(
      path,
      manifest([
        ['tcp-echo', 'v1', 35],
        ['tcp-echo', 'v2', 65],
      ]),
    )
    const { outcome } = await verify()
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated', checks: [] })
    expect(outcome.message).toContain('it has v1 80%, v2 20%, but v1 35%, v2 65% in the file')
    expect(outcome.weights).toEqual({ v1: 80, v2: 20 })
  })

  test.each<[string, string, string]>([
    [
      'another host',
      manifest([
        ['other', 'v1', 80],
        ['other', 'v2', 20],
      ]),
      'destination other:9000/v1 is missing',
    ],
    [
      'another port',
      manifest([V1, V2], { port: 31401 }),
      'its match is [{"port":31400}], but [{"port":31401}] in the file',
    ],
    [
      'another gateway',
      manifest([V1, V2], { gateway: 'another' }),
      'its gateways are demo/tcp-echo-gateway, but demo/another in the file',
    ],
    [
      'other hosts',
      manifest([V1, V2]).replace('"*"', 'a.example'),
      'its hosts are *, but a.example in the file',
    ],
  ])('fails where the file is about %s than the cluster, and names it', async (_, text, says) => {
    writeFileSync(path, text)
    const { outcome, record } = await verify()
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated', checks: [] })
    expect(outcome.message).toContain(says)
    expect(summaryOf(record, outcome)).toContain('Nothing was sampled.')
  })

  test('passes where the file spells the same host otherwise and orders the destinations otherwise', async () => {
    const host = 'tcp-echo.demo.svc.cluster.local'
    writeFileSync(
      path,
      manifest([
        [host, 'v2', 20],
        [host, 'v1', 80],
      ]),
    )
    const { outcome } = await verify()
    expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 80, v2: 20 } })
  })
})

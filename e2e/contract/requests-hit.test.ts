import { get } from 'node:http'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hitAt } from '../../kit/gateways/hit.ts'
import { ASKED, DIRECT, OFFERED, objectsOf, RULE } from '../../kit/gateways/random-objects.ts'
import { isObject, type JsonObject, parseJson } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import { CASE_PORTS, GATEWAY } from '../processes/addresses.ts'
import { within } from '../processes/within.ts'
import { api } from '../suite/support/route.ts'

/**
 * Objects of chance on the real gateway, each set of them at a port of its own: which rule answers a request is what the
 * product says about it without sending one.
 */

const SEED = Number(process.env.SEED ?? 1)
const REQUESTS = 8

const PODS = {
  namespace: 'istio-system',
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
}
const OBJECTS = objectsOf(RULE, (rules, name) => ({
  http: rules.map((match, index) => DIRECT(match, `${name} http[${index}]`)),
}))

type Case = { port: number; gateway: KubeObject; objects: KubeObject[]; requests: Asked[] }
type Asked = typeof ASKED extends fc.Arbitrary<infer T> ? T : never

let cases: Case[]

beforeAll(async () => {
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' } })
  const drawn = fc.sample(
    fc.record({
      objects: OBJECTS,
      hosts: OFFERED,
      requests: fc.array(ASKED, { minLength: REQUESTS, maxLength: REQUESTS }),
    }),
    { numRuns: CASE_PORTS.length, seed: SEED },
  )
  cases = []
  for (const [index, { objects, hosts, requests }] of drawn.entries()) {
    const port = CASE_PORTS[index] ?? 0
    const gateway = await api.create(gatewayAt(port, hosts))
    const created = []
    // One after the other, because the older one comes first.
    for (const object of objects) created.push(await api.create(atPort(object, port)))
    cases.push({ port, gateway, objects: created, requests })
  }
  for (const { port } of cases)
    await within(30_000, `port ${port}`, async () => (await answerOf(port)) !== undefined)
})
afterAll(async () => {
  for (const { gateway, objects } of cases)
    for (const one of [...objects, gateway]) await api.remove(one)
})

test(`requests are answered by the rules that they are said to hit (seed ${SEED})`, async () => {
  const kinds = { rule: 0, none: 0, unknown: 0 }
  for (const { port, gateway, objects, requests } of cases) {
    for (const request of requests) {
      const said = hitAt(gateway, objects, {
        ...{ protocol: 'http', scheme: 'http', gateway: `demo/public-${port}`, port, pods: PODS },
        ...request,
      })
      if (said === 'unknown') {
        kinds.unknown += 1
        continue
      }
      kinds[said === 'none' ? 'none' : 'rule'] += 1
      const about = JSON.stringify({ request, gateway: gateway.spec, objects }, null, 1)
      await expect.poll(() => answerOf(port, request), { timeout: 5000, message: about }).toBe(said)
    }
  }
  expect(kinds.rule).toBeGreaterThan(cases.length)
  expect(kinds.none).toBeGreaterThan(0)
})

function gatewayAt(port: number, hosts: readonly string[]): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: `public-${port}`, namespace: 'demo' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: port, name: 'http', protocol: 'HTTP' }, hosts: [...hosts] }],
    },
  }
}

/** An object of chance at this port, with names of its own. */
function atPort(object: JsonObject, port: number): KubeObject {
  const text = JSON.stringify(object)
    .replaceAll('"demo/public"', `"demo/public-${port}"`)
    .replaceAll('"public"', `"public-${port}"`)
    .replaceAll('"port":80,', `"port":${port},`)
    .replaceAll('"port":80}', `"port":${port}}`)
    .replaceAll('"istio":"ingress"', '"istio":"ingressgateway"')
    .replaceAll(/"(o\d http\[\d\])"/g, `"case-${port}-$1"`)
  const moved = parseJson(text)
  if (!isKubeObject(moved) || !isObject(object.metadata)) throw new Error('no object')
  const { name, namespace } = object.metadata
  const metadata = { name: `case-${port}-${name}`, namespace: String(namespace) }
  return { ...moved, metadata }
}

/** The body of the gateway's reply, or none where it has no rule; undefined: no reply. */
function answerOf(
  port: number,
  { path, method, authority, headers }: Asked = {
    ...{ path: '/', method: 'GET', authority: 'a.test', headers: [] },
  },
): Promise<string | undefined> {
  const pairs = headers.map(([name]) => [
    name,
    headers.filter(([other]) => other === name).map(([, value]) => value),
  ])
  return new Promise((resolve) => {
    const options = {
      ...{ host: GATEWAY.host, port, path, method, agent: false },
      headers: { ...Object.fromEntries(pairs), host: authority },
    }
    const request = get(options, (reply) => {
      let body = ''
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      reply.on('end', () => resolve(reply.statusCode === 404 ? 'none' : body))
    })
    request.on('error', () => resolve(undefined))
  })
}

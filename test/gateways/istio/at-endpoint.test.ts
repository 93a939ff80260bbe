import { describe, expect, test } from 'vitest'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { asFoundServer } from '../../../src/gateways/istio/found-server.ts'
import { ISTIO_FINDER } from '../../../src/gateways/istio/istio-finder.ts'
import type { ApiServer } from '../../../src/kube/api-server.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import { readRouteObject } from '../../../src/routes/object/read-route-object.ts'
import { apiOf, may, NETWORKING, NEVER, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { only } from '../../routes/support/objects.ts'

/** What is found about an endpoint at this port for the only rule of a VirtualService. */
async function lookAt(
  api: ApiServer,
  port: number,
  more: { name?: string; probeHost?: string } = {},
) {
  const { name = 'web', probeHost } = more
  const id = { kind: 'VirtualService', namespace: 'demo', name }
  const found = await readRouteObject(api, id, NEVER)
  if (!found.ok) throw new Error(found.problems[0]?.what)
  const { object } = found.value
  const search = { api, workloads: api, apiVersion: 'v1', object, rule: only(rulesOf(object)) }
  const located = await ISTIO_FINDER.locate(
    { ...search, routePort: undefined, gatewayService: undefined, probeHost },
    { host: '192.0.2.1', port },
    NEVER,
  )
  const { at, tls, hosts, address, findings } = asFoundServer(located)
  expect(address?.endpoints).toEqual([{ host: '192.0.2.1', port }])
  return {
    server: at?.server.port,
    tls,
    hosts,
    findings: findings.map(({ severity, code }) => `${severity} ${code}`),
  }
}

function webSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return sandboxWith({ web: { http: true, tls: true }, ...options })
}

/** A user that may read only VirtualServices. */
const LIMITED = { tokens: { 'admin-token': userWith(may('get', NETWORKING, 'virtualservices')) } }

const HOSTS = ['web.example.com']

describe('with an endpoint, the Gateway of an http or tls rule shows', () => {
  test('the host to ask for, and TLS by the server with the port of the endpoint', async () => {
    const api = apiOf((await webSandbox()).kubeconfig)
    expect(await lookAt(api, 8080)).toEqual({
      server: 8080,
      tls: 'none',
      hosts: HOSTS,
      findings: [],
    })
    expect(await lookAt(api, 8443)).toMatchObject({ server: 8443, tls: 'terminate', hosts: HOSTS })
  })

  test('no server where several fit, and the port belongs to none', async () => {
    const api = apiOf((await webSandbox()).kubeconfig)
    expect(await lookAt(api, 30080)).toEqual({
      server: undefined,
      tls: 'none',
      hosts: HOSTS,
      findings: [],
    })
  })

  test('the only server that fits, whatever the port is', async () => {
    const api = apiOf((await webSandbox()).kubeconfig)
    expect(await lookAt(api, 443, { name: 'web-tls' })).toEqual({
      server: 8444,
      tls: 'passthrough',
      hosts: ['tls.example.com'],
      findings: [],
    })
  })

  test('that the object does not have the host to ask for, which is an error', async () => {
    const api = apiOf((await webSandbox()).kubeconfig)
    const { findings } = await lookAt(api, 8080, { probeHost: 'other.example.com' })
    expect(findings).toEqual(['error ITS-PROBE-HITS-NO-RULE'])
  })

  test('nothing where it may not be read, which is a warning, and the host is that of the object', async () => {
    const api = apiOf((await webSandbox(LIMITED)).kubeconfig)
    expect(await lookAt(api, 8080)).toEqual({
      server: undefined,
      tls: 'none',
      hosts: HOSTS,
      findings: ['warning ITS-GATEWAY-NOT-READ'],
    })
  })

  test('nothing for a tcp rule, whose probe needs nothing of it', async () => {
    const api = apiOf((await webSandbox(LIMITED)).kubeconfig)
    const { findings } = await lookAt(api, 31400, { name: 'tcp-echo' })
    expect(findings).toEqual([])
  })
})

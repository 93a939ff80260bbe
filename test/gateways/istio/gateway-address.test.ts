import { describe, expect, test } from 'vitest'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { findGatewayAddress } from '../../../src/gateways/istio/gateway-address.ts'
import type { Json, JsonObject } from '../../../src/kube/json.ts'
import type { NamespacedName } from '../../../src/kube/names.ts'
import { tcpRules } from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import {
  apiOf,
  callsOf,
  may,
  NETWORKING,
  NEVER,
  sandboxWith,
  userWith,
} from '../../kube/support/cluster.ts'
import { only, route, tcp, virtualService } from '../../routes/support/objects.ts'

const SERVICE = {
  group: '',
  resource: 'services',
  namespace: 'istio-system',
  name: 'istio-ingressgateway',
}
const GATEWAY = {
  group: NETWORKING,
  resource: 'gateways',
  namespace: 'demo',
  name: 'tcp-echo-gateway',
}
const NODE = { group: '', resource: 'nodes', name: 'node-0' }

type Search = {
  match?: Json
  gateways?: string[]
  hosts?: string[]
  gatewayService?: NamespacedName
  token?: string
  routePort?: number
}

/** Each host with the port, and how they were found, or the first finding. */
async function addressIn(sandbox: Sandbox, search: Search = {}) {
  const { address, findings } = await lookIn(sandbox, search)
  if (address === undefined) return findings[0]
  const hosts = address.endpoints.map(({ host }) => host).join(' and ')
  return `${hosts} ${address.endpoints[0].port}, ${address.how}`
}

async function lookIn(sandbox: Sandbox, search: Search = {}) {
  const spec = { gateways: search.gateways ?? ['tcp-echo-gateway'], hosts: search.hosts ?? ['*'] }
  const port = search.match === undefined ? [{ port: sandbox.gateway.port }] : search.match
  const token = search.token ?? [...sandbox.tokens.keys()][0] ?? ''
  const object = virtualService([tcp([route('v1')], port)], { spec })
  return findGatewayAddress(
    {
      api: apiOf(sandbox.kubeconfigFor(token)),
      workloads: apiOf(sandbox.kubeconfigFor(token, 'application')),
      apiVersion: 'v1',
      object,
      rule: only(tcpRules(object)),
      routePort: search.routePort,
      gatewayService: search.gatewayService,
    },
    NEVER,
  )
}

/** A sandbox whose Gateway has a fixed port, to which another port of the Service leads. */
async function meshOf(service: JsonObject, options: SandboxOptions = {}) {
  const sandbox = await sandboxWith(options)
  sandbox.objects.patch(SERVICE, service)
  return sandbox
}

function server(number: number, name = 'tcp'): JsonObject {
  return { port: { number, name, protocol: 'TCP' }, hosts: ['*'] }
}

function withServers(sandbox: Sandbox, ...servers: JsonObject[]) {
  sandbox.objects.patch(GATEWAY, { spec: { servers } })
}

const NO_BALANCER = { status: { loadBalancer: null } }
const OF_BALANCER = 'load balancer of Service istio-system/istio-ingressgateway'

describe("the gateway's address", () => {
  test("is the load balancer's IP and the Service's port", async () => {
    const sandbox = await sandboxWith()
    const { host, port } = sandbox.gateway
    expect(await addressIn(sandbox)).toBe(`${host} ${port}, ${OF_BALANCER}`)
    // At the same time, so in any order.
    expect(callsOf(sandbox).toSorted()).toEqual([
      'GET /api/v1/namespaces/istio-system/services',
      'GET /apis/networking.istio.io/v1/namespaces/demo/gateways/tcp-echo-gateway',
    ])
  })

  test('includes every IP and name of the load balancer, and the external IPs', async () => {
    const ingress = [{ ip: 'fd00::1' }, { ip: '198.51.100.1', hostname: 'gw.example.com' }]
    const sandbox = await meshOf({
      status: { loadBalancer: { ingress } },
      spec: { externalIPs: ['198.51.100.7', '198.51.100.1'] },
    })
    expect(await addressIn(sandbox)).toBe(
      `fd00::1 and 198.51.100.1 and gw.example.com and 198.51.100.7 ${sandbox.gateway.port}, ${OF_BALANCER}`,
    )
  })

  test("is the load balancer's name if it has no IP", async () => {
    const ingress = [{ hostname: 'gw.example.com' }]
    const sandbox = await meshOf({ status: { loadBalancer: { ingress } } })
    expect(await addressIn(sandbox)).toBe(`gw.example.com ${sandbox.gateway.port}, ${OF_BALANCER}`)
  })

  test('is an external IP of the Service if it has no load balancer', async () => {
    const sandbox = await meshOf({ ...NO_BALANCER, spec: { externalIPs: ['198.51.100.7'] } })
    expect(await addressIn(sandbox)).toBe(
      `198.51.100.7 ${sandbox.gateway.port}, external IP of Service istio-system/istio-ingressgateway`,
    )
  })

  test("is a node's external IP and the node port if there is neither", async () => {
    const sandbox = await meshOf(NO_BALANCER)
    const addresses = [
      { type: 'Hostname', address: 'node-0' },
      { type: 'InternalIP', address: '10.0.0.7' },
      { type: 'ExternalIP', address: '203.0.113.9' },
    ]
    sandbox.objects.patch(NODE, { status: { addresses } })
    expect(await addressIn(sandbox)).toBe(
      '203.0.113.9 30140, ExternalIP of a node and node port of Service istio-system/istio-ingressgateway',
    )
  })

  test('includes the addresses of all nodes', async () => {
    const sandbox = await meshOf(NO_BALANCER)
    for (const [name, address] of [
      ['node-1', '10.0.0.8'],
      ['node-2', 'fd00::8'],
    ]) {
      const addresses = [{ type: 'InternalIP', address: address ?? '' }]
      sandbox.objects.create({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: name ?? '' },
        status: { addresses },
      })
    }
    expect(await addressIn(sandbox)).toBe(
      `${sandbox.gateway.host} and 10.0.0.8 and fd00::8 30140, InternalIP of nodes and node port of Service istio-system/istio-ingressgateway`,
    )
  })

  test("is a node's internal IP if no node has an external one", async () => {
    const sandbox = await meshOf(NO_BALANCER)
    expect(await addressIn(sandbox)).toBe(
      `${sandbox.gateway.host} 30140, InternalIP of a node and node port of Service istio-system/istio-ingressgateway`,
    )
  })

  test('is found if Services and Gateways are in different clusters', async () => {
    const sandbox = await sandboxWith({ separateClusters: true })
    const { host, port } = sandbox.gateway
    expect(await addressIn(sandbox)).toBe(`${host} ${port}, ${OF_BALANCER}`)
  })
})

describe("the Service's port", () => {
  const port = (number: number, name: string, targetPort: Json = number, nodePort = 30001) => ({
    port: number,
    name,
    targetPort,
    nodePort,
  })

  async function portFound(ports: JsonObject[]) {
    const sandbox = await meshOf({ spec: { ports } })
    withServers(sandbox, server(31400))
    const found = await addressIn(sandbox, { match: [{ port: 31400 }] })
    return typeof found === 'string' ? Number(found.split(/[ ,]+/)[1]) : found
  }

  test("is the one with the number of the Gateway's server, regardless of names", async () => {
    expect(await portFound([port(1, 'tcp', 31400), port(31400, 'other')])).toBe(31400)
  })

  test('is the one that leads to that number if none has it, regardless of names', async () => {
    expect(await portFound([port(1, 'tcp', 9), port(2, 'another', 31400)])).toBe(2)
  })

  test('is never one for UDP or SCTP with the same number or target', async () => {
    const other = (protocol: string) => ({ ...port(31400, protocol.toLowerCase()), protocol })
    expect(await portFound([other('UDP'), other('SCTP'), port(2, 'x', 31400)])).toBe(2)
    const both = [other('UDP'), { ...port(31400, 'tcp', 31400, 30077), protocol: 'TCP' }]
    const sandbox = await meshOf({ ...NO_BALANCER, spec: { ports: both } })
    expect(await addressIn(sandbox, { match: [{ port: 31400 }] })).toContain(' 30077, InternalIP')
    expect(await portFound([other('UDP')])).toMatchObject({
      what: 'Service istio-system/istio-ingressgateway has no TCP port that leads to port 31400 of the gateway. It has: none.',
    })
  })

  describe('with a named target port', () => {
    const named = [port(1, 'tcp', 'status'), port(2, 'x', 'traffic')]
    const POD = { group: '', resource: 'pods', namespace: 'istio-system' }

    test('is the one whose target name has the number in the Pods', async () => {
      const sandbox = await meshOf({ spec: { ports: named } })
      const ports = [
        { name: 'traffic', containerPort: 31400, protocol: 'UDP' },
        { name: 'status', containerPort: 15021 },
        { name: 'traffic', containerPort: 31400 },
      ]
      sandbox.objects.patch(
        { ...POD, name: 'istio-ingressgateway-0' },
        { spec: { containers: [{ name: 'istio-proxy', ports }] } },
      )
      expect(await addressIn(sandbox, { match: [{ port: 31400 }] })).toMatch(/ 2, load balancer/)
      expect(callsOf(sandbox).at(-1)).toMatch(
        /^GET \/api\/v1\/namespaces\/istio-system\/pods\?labelSelector=app%3Distio-ingressgateway/,
      )
    })

    test('is the one with the name of the server if the Pods do not declare the name', async () => {
      const sandbox = await meshOf({ spec: { ports: named } })
      expect(await addressIn(sandbox, { match: [{ port: 31400 }] })).toMatch(/ 1, load balancer/)
    })
  })

  test('determines the node port', async () => {
    const ports = [port(1, 'other', 9, 30009), port(31400, 'tcp', 31400, 30077)]
    const sandbox = await meshOf({ ...NO_BALANCER, spec: { ports } })
    withServers(sandbox, server(31400))
    expect(await addressIn(sandbox, { match: [{ port: 31400 }] })).toContain(' 30077, InternalIP')
  })

  test('is required, and the error says what to add', async () => {
    expect(await portFound([port(80, 'http'), port(443, 'https')])).toEqual({
      severity: 'error',
      code: 'ITS-NO-SERVICE-PORT',
      reason: 'preflight',
      what: 'Service istio-system/istio-ingressgateway has no TCP port that leads to port 31400 of the gateway. It has: 80, 443.',
      remedy:
        'Add the port to the Service. Or set endpoint to a host:port of the gateway that this machine can connect to.',
    })
  })
})

describe('the Gateway', () => {
  test('is required', async () => {
    const sandbox = await sandboxWith()
    expect(await addressIn(sandbox, { gateways: ['istio-system/public'] })).toEqual({
      severity: 'error',
      code: 'ITS-GATEWAY-NOT-FOUND',
      reason: 'preflight',
      what: 'Gateway istio-system/public, which the rule names, does not exist.',
      remedy:
        "List the Gateways:\n  kubectl --context 'sandbox' --namespace 'istio-system' get gateways.networking.istio.io",
    })
  })

  test("must have a server on the rule's port", async () => {
    const sandbox = await sandboxWith()
    withServers(sandbox, server(80), server(443))
    expect(await addressIn(sandbox, { match: [{ port: 1 }, { port: 2 }] })).toMatchObject({
      reason: 'preflight',
      what: 'Gateway demo/tcp-echo-gateway has no server for this rule on port 1 or 2, which the rule matches: port 80 is not matched by the rule; port 443 is not matched by the rule.',
    })
  })

  test('may have several servers for a rule without a port: the first that fits is used, or the one that route names', async () => {
    const sandbox = await sandboxWith()
    const { host, port } = sandbox.gateway
    expect(await addressIn(sandbox, { match: null })).toBe(`${host} ${port}, ${OF_BALANCER}`)
    const http = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }
    withServers(sandbox, http, server(443), server(port))
    const { address, findings } = await lookIn(sandbox, { match: null })
    expect(address?.endpoints).toEqual([{ host, port: 443 }])
    expect(findings).toMatchObject([{ severity: 'warning' }])
    const named = await lookIn(sandbox, { match: null, routePort: port })
    expect(named).toMatchObject({ address: { endpoints: [{ host, port }] }, findings: [] })
  })

  test('is connected to at the first server that the Service has a port for', async () => {
    const sandbox = await meshOf({ spec: { ports: [{ name: 'tcp', port: 443, targetPort: 443 }] } })
    withServers(sandbox, server(5591), server(443))
    const { address, at } = await lookIn(sandbox, { match: null })
    expect([address?.endpoints[0].port, at?.server.port]).toEqual([443, 443])
  })

  test('is skipped if it has no server on the port of route', async () => {
    const sandbox = await sandboxWith()
    withServers(sandbox, server(80))
    sandbox.objects.create({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'second', namespace: 'demo' },
      spec: { selector: { istio: 'ingressgateway' }, servers: [server(443)] },
    })
    const search = { match: null, gateways: ['tcp-echo-gateway', 'second'], routePort: 443 }
    expect(await addressIn(sandbox, search)).toMatch(/ 443, load balancer/)
  })

  test('is the first of several that has a server on the port that the rule matches', async () => {
    const sandbox = await sandboxWith()
    const { host, port } = sandbox.gateway
    const gateways = ['missing', 'tcp-echo-gateway']
    expect(await addressIn(sandbox, { gateways })).toBe(`${host} ${port}, ${OF_BALANCER}`)
    const match = [
      { port, gateways: ['other'] },
      { port: 1, gateways: ['tcp-echo-gateway'] },
    ]
    expect(await addressIn(sandbox, { match })).toMatchObject({
      what: 'Gateway demo/other, which the rule names, does not exist.',
    })
  })

  test('has a warning if the rule also belongs to another Gateway that other Pods serve', async () => {
    const sandbox = await sandboxWith()
    const { port } = sandbox.gateway
    const second = (selector: JsonObject) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'second', namespace: 'demo' },
      spec: { selector, servers: [server(port)] },
    })
    sandbox.objects.create(second({ istio: 'ingressgateway' }))
    const gateways = ['tcp-echo-gateway', 'second']
    expect((await lookIn(sandbox, { gateways })).findings).toEqual([])
    sandbox.objects.delete({ ...GATEWAY, name: 'second' })
    sandbox.objects.create(second({ istio: 'internal' }))
    expect((await lookIn(sandbox, { gateways })).findings).toMatchObject([
      {
        severity: 'warning',
        what: expect.stringContaining('Gateway demo/second, which other Pods'),
      },
    ])
  })

  test('does not exist for a rule of the mesh, which is an error', async () => {
    const sandbox = await sandboxWith()
    expect(await addressIn(sandbox, { gateways: ['mesh'] })).toEqual({
      severity: 'error',
      code: 'ITS-NO-GATEWAY',
      reason: 'preflight',
      what: 'The rule applies only to the mesh, not to a gateway. So there is no gateway to connect to.',
      remedy: expect.stringMatching(/^Set connect: job, .* client-pods/),
    })
    expect(sandbox.calls).toEqual([])
  })
})

describe('the Service of the gateway', () => {
  const service = (name: string, namespace: string, spec: JsonObject) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [{ port: 31400, name: 'tcp', nodePort: 30001 }], ...spec },
  })
  const SELECTOR = { istio: 'ingressgateway' }

  test('is the given one, which needs no selector', async () => {
    const sandbox = await sandboxWith()
    const { port } = sandbox.gateway
    sandbox.objects.create(service('mine', 'demo', { externalIPs: ['198.51.100.7'] }))
    withServers(sandbox, server(31400))
    const gatewayService = { namespace: 'demo', name: 'mine' }
    expect(await addressIn(sandbox, { match: [{ port: 31400 }], gatewayService })).toBe(
      '198.51.100.7 31400, external IP of Service demo/mine',
    )
    expect(callsOf(sandbox)).toContain('GET /api/v1/namespaces/demo/services/mine')
    expect(callsOf(sandbox)).toHaveLength(2)
    expect(port).toBeGreaterThan(0)
  })

  test('must exist if it is given', async () => {
    const sandbox = await sandboxWith()
    const gatewayService = { namespace: 'demo', name: 'mine' }
    expect(await addressIn(sandbox, { gatewayService })).toEqual({
      severity: 'error',
      code: 'ITS-GATEWAY-SERVICE-NOT-FOUND',
      reason: 'preflight',
      what: `Service demo/mine, which gateway-service names, does not exist on ${sandbox.server}.`,
      remedy: "List the Services:\n  kubectl --context 'sandbox' --namespace 'demo' get services",
    })
  })

  test('is found in any namespace, the usual ones first', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.delete(SERVICE)
    sandbox.objects.create(
      service('far', 'default', { selector: SELECTOR, externalIPs: ['198.51.100.8'] }),
    )
    withServers(sandbox, server(31400))
    expect(await addressIn(sandbox, { match: [{ port: 31400 }] })).toContain('Service default/far')
    expect(callsOf(sandbox).at(-1)).toBe('GET /api/v1/services')
    sandbox.objects.create(
      service('near', 'demo', { selector: SELECTOR, externalIPs: ['198.51.100.9'] }),
    )
    expect(await addressIn(sandbox, { match: [{ port: 31400 }] })).toContain('Service demo/near')
  })

  test('is preferably a load balancer, then one with node ports, then a headless one', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.delete(SERVICE)
    withServers(sandbox, server(31400))
    const find = () => addressIn(sandbox, { match: [{ port: 31400 }] })
    const external = { selector: SELECTOR, externalIPs: ['198.51.100.8'] }
    for (const type of ['ClusterIP', 'NodePort', 'LoadBalancer']) {
      const name = type.toLowerCase()
      sandbox.objects.create(service(name, 'istio-system', { type, ...external }))
      expect(await find()).toContain(`Service istio-system/${name}`)
    }
  })

  test('is preferably a load balancer that already has an address', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.delete(SERVICE)
    withServers(sandbox, server(31400))
    const balancer = { type: 'LoadBalancer', selector: SELECTOR }
    sandbox.objects.create(service('a-pending', 'istio-system', balancer))
    sandbox.objects.create(
      service('b-ready', 'istio-system', { ...balancer, externalIPs: ['198.51.100.8'] }),
    )
    expect(await addressIn(sandbox, { match: [{ port: 31400 }] })).toContain('istio-system/b-ready')
  })

  test('is the one that leads to the server if a preferred one lacks the port', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.delete(SERVICE)
    withServers(sandbox, server(31400))
    const balancer = { type: 'LoadBalancer', selector: SELECTOR, externalIPs: ['198.51.100.8'] }
    const lacking = { ...balancer, ports: [{ name: 'https', port: 443, targetPort: 8443 }] }
    sandbox.objects.create(service('a-https', 'istio-system', lacking))
    const find = () => addressIn(sandbox, { match: [{ port: 31400 }] })
    expect(await find()).toMatchObject({ what: expect.stringContaining('istio-system/a-https') })
    sandbox.objects.create(service('b-tcp', 'istio-system', balancer))
    expect(await find()).toContain('Service istio-system/b-tcp')
  })

  test('is reported with the others for the same Pods, as alternatives', async () => {
    const sandbox = await sandboxWith()
    withServers(sandbox, server(31400))
    sandbox.objects.patch(SERVICE, NO_BALANCER)
    const external = { selector: SELECTOR, externalIPs: ['198.51.100.8'], type: 'LoadBalancer' }
    for (const name of ['a-first', 'b-second'])
      sandbox.objects.create(service(name, 'istio-system', external))
    const { address } = await lookIn(sandbox, { match: [{ port: 31400 }] })
    expect(address?.how).toContain('Service istio-system/a-first')
    expect(address?.instead).toContain('gateway-service: istio-system/b-second')
  })

  test('is found by the labels of the Pods if it selects them by other labels than the Gateway', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.patch(GATEWAY, { spec: { selector: { tier: 'edge' } } })
    expect(await addressIn(sandbox)).toMatchObject({ severity: 'error' })
    sandbox.objects.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'edge-0',
        namespace: 'istio-system',
        labels: { tier: 'edge', app: 'istio-ingressgateway', ...SELECTOR },
      },
      spec: { containers: [] },
    })
    expect(await addressIn(sandbox)).toContain(OF_BALANCER)
  })

  test('must select all labels that the Gateway selects', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.patch(GATEWAY, { spec: { selector: { istio: 'public', app: 'gw' } } })
    expect(await addressIn(sandbox)).toMatchObject({
      severity: 'error',
      code: 'ITS-GATEWAY-SERVICE-NOT-FOUND',
      reason: 'preflight',
      what: `On ${sandbox.server} no Service selects the Pods of Gateway demo/tcp-echo-gateway (app=gw,istio=public).`,
      remedy: expect.stringMatching(
        /gateway-kubeconfig.*gateway-service to namespace\/name.*endpoint to a host:port/,
      ),
    })
  })

  test('is not known for a Gateway without a selector, which is for every gateway', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.patch(GATEWAY, { spec: { selector: null } })
    expect(await addressIn(sandbox)).toMatchObject({
      reason: 'preflight',
      what: expect.stringContaining('of Gateway demo/tcp-echo-gateway (it has no selector)'),
      remedy: expect.stringContaining('set gateway-service to namespace/name'),
    })
  })

  test('needs an address, and the error says how to wait for its load balancer', async () => {
    const sandbox = await meshOf({ ...NO_BALANCER, spec: { ports: [] } })
    const { port } = sandbox.gateway
    sandbox.objects.patch(SERVICE, { spec: { ports: [{ name: 'tcp', port }] } })
    expect(await addressIn(sandbox)).toMatchObject({
      severity: 'error',
      code: 'ITS-NO-EXTERNAL-ADDRESS',
      reason: 'preflight',
      what: 'Service istio-system/istio-ingressgateway has no address outside of the cluster: it has neither a load balancer nor a node port.',
      remedy: expect.stringContaining(
        "kubectl --context 'sandbox' --namespace 'istio-system' get service 'istio-ingressgateway' --watch",
      ),
    })
  })

  test('cannot be used with a node port if no node has an address', async () => {
    const sandbox = await meshOf(NO_BALANCER)
    sandbox.objects.patch(NODE, { status: { addresses: [{ type: 'Hostname', address: 'a' }] } })
    expect(await addressIn(sandbox)).toMatchObject({
      reason: 'preflight',
      what: 'Service istio-system/istio-ingressgateway has only node port 30140, and no Node has an address.',
    })
  })
})

describe('a missing right', () => {
  const gateways = may('get', NETWORKING, 'gateways')
  const inSystem = may('list', '', 'services', { namespace: 'istio-system' })
  const RULE = (where: string, rest: string) => `Grant it in ${where}:\n  - {apiGroups: ${rest}}`

  async function without(
    rules: Parameters<typeof userWith>,
    service: JsonObject = {},
    search = {},
  ) {
    const sandbox = await meshOf(service, { tokens: { t: userWith(...rules) } })
    return addressIn(sandbox, search)
  }

  test('to read the Gateway is an error with the rule that grants it', async () => {
    const found = await without([])
    expect(found).toMatchObject({
      severity: 'error',
      code: 'ITS-FORBIDDEN',
      reason: 'access',
      what: 'The address of the gateway cannot be found, because reading Gateway demo/tcp-echo-gateway is not allowed.',
      remedy: expect.stringContaining(
        RULE(
          'a Role in namespace demo',
          '["networking.istio.io"], resources: ["gateways"], verbs: ["get"], resourceNames: ["tcp-echo-gateway"]',
        ),
      ),
    })
    expect(found).toMatchObject({
      remedy: expect.stringContaining('Or set endpoint to a host:port'),
    })
  })

  test('to list Services anywhere is an error with the rule that grants it', async () => {
    expect(await without([gateways])).toMatchObject({
      reason: 'access',
      what: 'The address of the gateway cannot be found, because listing Services is not allowed.',
      remedy: expect.stringContaining(
        RULE('a Role in namespace istio-system', '[""], resources: ["services"], verbs: ["list"]'),
      ),
    })
  })

  test("to list Services elsewhere does not matter if the gateway's Service is found", async () => {
    expect(await without([gateways, inSystem])).toContain(OF_BALANCER)
  })

  test('to list Services elsewhere is named if no visible Service fits', async () => {
    const found = await without([gateways, inSystem], { spec: { selector: { istio: null } } })
    expect(found).toMatchObject({
      reason: 'preflight',
      what: expect.stringContaining(
        'no Service in the namespaces that may be listed (istio-system) selects the Pods of Gateway demo/tcp-echo-gateway (istio=ingressgateway)',
      ),
      remedy: expect.stringContaining(
        RULE('a ClusterRole', '[""], resources: ["services"], verbs: ["list"]'),
      ),
    })
  })

  test('to read the given Service is an error with the rule that grants it', async () => {
    const gatewayService = { namespace: 'istio-system', name: 'istio-ingressgateway' }
    expect(await without([gateways], {}, { gatewayService })).toMatchObject({
      reason: 'access',
      what: 'Reading gateway-service istio-system/istio-ingressgateway is not allowed.',
      remedy: RULE(
        'a Role in namespace istio-system',
        '[""], resources: ["services"], verbs: ["get"], resourceNames: ["istio-ingressgateway"]',
      ),
    })
  })

  test('to list Nodes is an error with the rule that grants it, if there is only a node port', async () => {
    expect(await without([gateways, inSystem], NO_BALANCER)).toMatchObject({
      reason: 'access',
      what: 'The address of the gateway cannot be found. Service istio-system/istio-ingressgateway has only node port 30140, and listing Nodes is not allowed.',
      remedy: expect.stringContaining(
        RULE('a ClusterRole', '[""], resources: ["nodes"], verbs: ["list"]'),
      ),
    })
  })
})

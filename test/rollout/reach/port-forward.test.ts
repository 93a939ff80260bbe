import { expect, test, vi } from 'vitest'
import { GATEWAY_ROUTES, gatewayMesh, runRoute } from '../../../kit/run/gateway-api.ts'
import { runHttp, runOn, SURE } from '../../../kit/run/run.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { may, NETWORKING, sandboxWith, userWith } from '../../kube/support/cluster.ts'

/** The tunnels are those of samples alone. */
const SHIFT = {
  proxies: 'off',
  connect: 'port-forward',
  subset: 'v2',
  weight: '60',
  tolerance: '35',
  confidence: SURE,
}
const MESH = { weights: { v1: 80, v2: 20 } }
const SERVICE = {
  group: '',
  resource: 'services',
  namespace: 'istio-system',
  name: 'istio-ingressgateway',
}
const PODS = { group: '', resource: 'pods', namespace: 'istio-system' }
const ROUTE = {
  group: NETWORKING,
  resource: 'virtualservices',
  namespace: 'demo',
  name: 'tcp-echo',
}

/** Pods into which the sandbox was asked for a port-forward, in order. */
function forwardedTo(sandbox: Sandbox): string[] {
  return sandbox.calls.flatMap(({ path }) => /pods\/([^/]+)\/portforward/.exec(path)?.[1] ?? [])
}

/** The server notices a moment later that a connection was closed. */
async function allClosed(sandbox: Sandbox): Promise<void> {
  await vi.waitUntil(() => sandbox.tunnels.open() === 0, { interval: 1, timeout: 5000 })
}

/** Ends all tunnels once a connection is open in one of them. */
async function breakTunnels(sandbox: Sandbox): Promise<void> {
  await vi.waitUntil(() => sandbox.connections.open > 0, { interval: 1, timeout: 10_000 })
  sandbox.tunnels.break()
}

test('a shift through port-forwards uses all Pods of a gateway that has no address outside of the cluster', async () => {
  const sandbox = await sandboxWith({ ...MESH, replicas: 2 })
  sandbox.objects.patch(SERVICE, {
    spec: { type: 'ClusterIP' },
    status: { loadBalancer: { ingress: [] } },
  })
  const { outcome, log } = await runOn(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 40, v2: 60 } })
  expect(log).toMatch(
    /port-forward to port 31400 of the Pods istio-system\/istio-ingressgateway-0, istio-system\/istio-ingressgateway-1/,
  )
  expect(forwardedTo(sandbox)).toEqual(['istio-ingressgateway-0', 'istio-ingressgateway-1'])
  await allClosed(sandbox)
})

test('requests over HTTP, and over TLS that the gateway ends, go through port-forwards', async () => {
  const sandbox = await sandboxWith({ web: { http: { v1: 80, v2: 20 } } })
  const { outcome } = await runHttp(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'pass' })
  sandbox.objects.patch(
    { ...ROUTE, resource: 'gateways', name: 'web-gateway' },
    {
      spec: {
        servers: [
          {
            port: { number: 8443, name: 'https', protocol: 'HTTPS' },
            tls: { mode: 'SIMPLE', credentialName: 'web-certificate' },
            hosts: ['*'],
          },
        ],
      },
    },
  )
  const secure = await runHttp(sandbox, {
    ...SHIFT,
    weight: '30',
    'probe-ca': sandbox.web.authority,
    'probe-http': '2',
  })
  expect(secure.outcome).toMatchObject({ verdict: 'pass' })
  expect(secure.log).toContain('port-forward to port 8443')
})

test.each(['grpc', 'tls'] as const)(
  'samples of a %s route go through port-forwards',
  async (kind) => {
    const sandbox = await sandboxWith(gatewayMesh({ v1: 80, v2: 20 }, [kind]))
    const subset = GATEWAY_ROUTES[kind].destination('v2')
    const { outcome, log } = await runRoute(sandbox, kind, { ...SHIFT, subset })
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(log).toContain('port-forward to port')
  },
)

test('a command connects to a port of this machine that leads to the Pods', async () => {
  const sandbox = await sandboxWith(MESH)
  const client = `${process.execPath} -e "const s=require('net').connect(process.env.PROBE_PORT,process.env.PROBE_HOST);s.write('x\\n');s.once('data',(d)=>{process.stdout.write(d);s.destroy()})"`
  const { outcome } = await runOn(sandbox, {
    ...SHIFT,
    confidence: '50',
    concurrency: '4',
    probe: 'command',
    'probe-command': client,
  })
  expect(outcome).toMatchObject({ verdict: 'pass' })
  expect(forwardedTo(sandbox)).toEqual(['istio-ingressgateway-0'])
})

test('a Pod that ends during the check is not used any more, and the run goes on with the others', async () => {
  const sandbox = await sandboxWith({ ...MESH, replicas: 2 })
  const { outcome } = await runOn(
    sandbox,
    { ...SHIFT, rate: '60' },
    {
      onLine: (line) => {
        if (/Weights written/i.test(line)) return sandbox.pods.remove('istio-ingressgateway-1')
        return undefined
      },
    },
  )
  expect(outcome).toMatchObject({ verdict: 'pass' })
})

test('a tunnel that breaks before the write ends the run, and nothing is written', async () => {
  const sandbox = await sandboxWith(MESH)
  await sandbox.faults.destination('v1', { kind: 'silent' })
  await sandbox.faults.destination('v2', { kind: 'silent' })
  const [{ outcome }] = await Promise.all([runOn(sandbox, SHIFT), breakTunnels(sandbox)])
  expect(outcome).toMatchObject({
    verdict: 'error',
    reason: 'preflight',
    code: 'ITS-POD-NOT-REACHED',
    wrote: false,
  })
  expect(outcome.message).toContain('The tunnel to Pod istio-system/istio-ingressgateway-0 broke: ')
  await allClosed(sandbox)
})

test('a tunnel that breaks after the write ends the run as an error of the cluster, and the weights are restored', async () => {
  const sandbox = await sandboxWith(MESH)
  const before = JSON.stringify(sandbox.objects.get(ROUTE)?.spec)
  let breaking: Promise<void> | undefined
  const { outcome } = await runOn(
    sandbox,
    { ...SHIFT, tolerance: '2' },
    {
      onLine: (line) => {
        if (/written/i.test(line)) breaking ??= breakTunnels(sandbox)
      },
    },
  )
  await breaking
  expect(outcome).toMatchObject({
    verdict: 'error',
    reason: 'cluster',
    code: 'ITS-TUNNEL-BROKEN',
    rolledBack: true,
  })
  expect(outcome.message).toContain('Whether the gateway uses them was not checked.')
  expect(JSON.stringify(sandbox.objects.get(ROUTE)?.spec)).toBe(before)
  await allClosed(sandbox)
})

test('a cancelled run closes its tunnels', async () => {
  const sandbox = await sandboxWith(MESH)
  const cancel = new AbortController()
  const { outcome } = await runOn(
    sandbox,
    { ...SHIFT, tolerance: '2' },
    {
      cancelled: cancel.signal,
      onLine: (line) => {
        if (/written/i.test(line)) cancel.abort()
      },
    },
  )
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled', rolledBack: true })
  await allClosed(sandbox)
})

test('a run that may not forward ports names the rule that allows it', async () => {
  const sandbox = await sandboxWith({
    ...MESH,
    tokens: {
      reader: userWith(
        may('get', '*', '*'),
        may('list', '*', '*'),
        may('patch', NETWORKING, 'virtualservices'),
      ),
    },
  })
  const { outcome } = await runOn(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-FORBIDDEN', wrote: false })
  expect(outcome.remedy).toContain('resources: ["pods/portforward"], verbs: ["create"]')
})

test('a gateway without a ready Pod is named before the write', async () => {
  const sandbox = await sandboxWith(MESH)
  sandbox.objects.patch(
    { ...PODS, name: 'istio-ingressgateway-0' },
    { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
  )
  const { outcome } = await runOn(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-NO-GATEWAY-POD', wrote: false })
})

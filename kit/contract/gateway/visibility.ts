import { describe, expect, onTestFinished, test } from 'vitest'
import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import { ask } from '../../sandbox/talk.ts'
import { GROUP, newName } from '../api/objects.ts'
import { lendSpec, type Mesh, openPorts, rule, SPARE_PORT, write } from './mesh.ts'

const FULL = 'tcp-echo.demo.svc.cluster.local'
const GATEWAY = `/apis/${GROUP}/v1/namespaces/demo/gateways/tcp-echo-gateway`

/** Creates an object until the test is over. */
async function lend(mesh: Mesh, plural: string, object: JsonObject & { metadata: JsonObject }) {
  const version = String(object.apiVersion)
  const path = `/apis/${version}/namespaces/${object.metadata.namespace}/${plural}`
  const { status, text } = await mesh.admin.call('POST', path, { body: object })
  expect(status, text).toBe(201)
  onTestFinished(async () => {
    await mesh.admin.call('DELETE', `${path}/${object.metadata.name}`)
  })
}

/** A VirtualService for the spare port that leads to a version of the tutorial's application. */
function routeTo(subset: string, metadata: JsonObject, spec: JsonObject = {}) {
  const destination = { host: FULL, port: { number: 9000 }, subset }
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'VirtualService',
    metadata,
    spec: {
      hosts: ['*'],
      gateways: ['demo/tcp-echo-gateway'],
      tcp: [{ match: [{ port: SPARE_PORT }], route: [{ destination }] }],
      ...spec,
    },
  }
}

/** Facts about which objects the gateway, whose Pods are in istio-system, sees. */
export function testVisibility(mesh: () => Mesh): void {
  describe('of two VirtualServices for a port, one of namespace default and a later one of demo,', () => {
    test.each<[string, JsonObject, JsonObject, string[], string]>([
      ['the first counts', {}, {}, ['*'], 'v1'],
      ['only that counts whose namespace the server admits', {}, {}, ['demo/*'], 'v2'],
      [
        "only the one in the Gateway's namespace is used, where the server requires it",
        {},
        {},
        ['./*'],
        'v2',
      ],
      ['the first counts where the server admits every namespace', {}, {}, ['*/*'], 'v1'],
      [
        'only the one whose hosts the server has is used',
        { hosts: ['a.example.com'] },
        {},
        ['*.example.org', 'demo/*'],
        'v2',
      ],
      [
        'the first is not used where it is exported to its own namespace only',
        { exportTo: ['.'] },
        {},
        ['*'],
        'v2',
      ],
      [
        "the first counts where it is exported to the gateway's namespace",
        { exportTo: ['istio-system'] },
        {},
        ['*'],
        'v1',
      ],
      [
        "the later one counts where it alone names the gateway's namespace",
        {},
        { exportTo: ['.', 'istio-system'] },
        ['*'],
        'v2',
      ],
    ])('%s', async (_, first, later, hosts, version) => {
      await openPorts(mesh(), SPARE_PORT)
      const servers = [mesh().gateway.port, SPARE_PORT].map(
        (number): Json => ({
          port: { number, name: `tcp-${number}`, protocol: 'TCP' },
          hosts: number === SPARE_PORT ? hosts : ['*'],
        }),
      )
      await lendSpec(mesh(), GATEWAY, 'servers', servers)
      const name = newName()
      await lend(
        mesh(),
        'virtualservices',
        routeTo('v1', { name: `${name}-a`, namespace: 'default' }, first),
      )
      await lend(
        mesh(),
        'virtualservices',
        routeTo('v2', { name: `${name}-b`, namespace: 'demo' }, later),
      )
      await mesh().serves({ [version]: 100 }, SPARE_PORT)
      const { text } = await ask({ ...mesh().gateway, port: SPARE_PORT })
      expect(text).toBe(version === 'v1' ? 'one hello\n' : 'two hello\n')
    })
  })

  test('a server for HTTP takes no tcp rule, and one for MONGO does', async () => {
    await openPorts(mesh(), SPARE_PORT)
    const server = (number: number, protocol: string): Json => ({
      port: { number, name: `x-${number}`, protocol },
      hosts: ['*'],
    })
    await write(mesh(), rule({ v2: undefined }))
    await lendSpec(mesh(), GATEWAY, 'servers', [
      server(mesh().gateway.port, 'MONGO'),
      server(SPARE_PORT, 'HTTP'),
    ])
    await mesh().serves({ v2: 100 })
    expect((await ask(mesh().gateway)).text).toBe('two hello\n')
    expect((await ask({ ...mesh().gateway, port: SPARE_PORT })).text).not.toContain('two')
  })

  test('of two Gateways for one port of the same Pods the older one is used', async () => {
    await openPorts(mesh(), SPARE_PORT)
    const name = `z-${newName()}`
    await lend(mesh(), 'gateways', {
      apiVersion: `${GROUP}/v1`,
      kind: 'Gateway',
      metadata: { name, namespace: 'demo' },
      spec: {
        selector: { app: 'istio-ingressgateway' },
        servers: [{ port: { number: SPARE_PORT, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] }],
      },
    })
    const bound = (gateway: string) => ({ gateways: [gateway] })
    const metadata = (suffix: string) => ({ name: `${name}-${suffix}`, namespace: 'demo' })
    await lend(mesh(), 'virtualservices', routeTo('v1', metadata('a'), bound(name)))
    await lend(mesh(), 'virtualservices', routeTo('v2', metadata('b'), bound('tcp-echo-gateway')))
    await mesh().serves({ v2: 100 }, SPARE_PORT)
  })

  describe('a DestinationRule', () => {
    const destinationRule = (namespace: string, spec: JsonObject) => ({
      apiVersion: `${GROUP}/v1`,
      kind: 'DestinationRule',
      metadata: { name: newName(), namespace },
      spec: { host: FULL, ...spec },
    })
    /** A rule by which v1 is the other version, so that it shows whether it counts. */
    const swapped = { subsets: [{ name: 'v1', labels: { version: 'v2' } }] }
    const answers = async (text: string) => {
      const found = async () => (await ask(mesh().gateway)).text
      await expect.poll(found, { timeout: 10_000 }).toBe(text)
    }

    test.each<[string, string, JsonObject]>([
      ["of the gateway's namespace", 'istio-system', swapped],
      [
        "that is private to the gateway's namespace",
        'istio-system',
        { ...swapped, exportTo: ['.'] },
      ],
      [
        "of the gateway's namespace for a wildcard",
        'istio-system',
        { ...swapped, host: '*.svc.cluster.local' },
      ],
      [
        "for the gateway's workloads",
        'istio-system',
        { ...swapped, workloadSelector: { matchLabels: { app: 'istio-ingressgateway' } } },
      ],
    ])("%s comes before that of the Service's namespace", async (_, namespace, spec) => {
      await answers('one hello\n')
      await lend(mesh(), 'destinationrules', destinationRule(namespace, spec))
      await answers('two hello\n')
    })

    test("for other workloads of the gateway's namespace hides those of the Service's namespace", async () => {
      await answers('one hello\n')
      const workloadSelector = { matchLabels: { app: 'other' } }
      await lend(
        mesh(),
        'destinationrules',
        destinationRule('istio-system', { ...swapped, workloadSelector }),
      )
      await answers('')
    })

    test("without subsets in the gateway's namespace hides those of the Service's namespace", async () => {
      await answers('one hello\n')
      await lend(mesh(), 'destinationrules', destinationRule('istio-system', {}))
      await answers('')
    })

    test.each<[string, string, JsonObject]>([
      ['of another namespace', 'default', swapped],
      [
        "of the gateway's namespace that is exported elsewhere only",
        'istio-system',
        { ...swapped, exportTo: ['default'] },
      ],
      ["that is younger in the Service's namespace", 'demo', swapped],
    ])('%s does not', async (_, namespace, spec) => {
      await lend(mesh(), 'destinationrules', destinationRule(namespace, spec))
      // What is pushed after it shows that it was taken in.
      await write(mesh(), rule({ v1: 99, v2: 1 }))
      await mesh().serves({ v1: 99, v2: 1 })
      await write(mesh(), rule({ v1: undefined }))
      await mesh().serves({ v1: 100 })
      expect((await ask(mesh().gateway)).text).toBe('one hello\n')
    })

    test('that is not exported to the gateway does not apply to it', async () => {
      const path = `/apis/${GROUP}/v1/namespaces/demo/destinationrules/tcp-echo-destination`
      await answers('one hello\n')
      await lendSpec(mesh(), path, 'exportTo', ['.'])
      await answers('')
    })
  })

  test('a Service that is not exported to the gateway is not reached', async () => {
    const path = '/api/v1/namespaces/demo/services/tcp-echo'
    const exportTo = async (value: string | null) => {
      const body = { metadata: { annotations: { 'networking.istio.io/exportTo': value } } }
      const type = 'application/merge-patch+json'
      const { status, text } = await mesh().admin.call('PATCH', path, { body, type })
      expect(status, text).toBe(200)
    }
    const answers = async (wanted: string) => {
      const found = async () => (await ask(mesh().gateway)).text
      await expect.poll(found, { timeout: 10_000 }).toBe(wanted)
    }
    onTestFinished(async () => {
      await exportTo(null)
      await answers('one hello\n')
    })
    await answers('one hello\n')
    await exportTo('.')
    await answers('')
    await exportTo('demo,istio-system')
    await answers('one hello\n')
  })
}

import { describe, expect, test } from 'vitest'
import type { SandboxOptions } from '../../sandbox/options.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { tcpEntries } from '../../src/mesh/entry.ts'
import type { JsonObject } from '../../src/mesh/json.ts'
import { readVirtualService } from '../../src/mesh/read-virtual-service.ts'
import { findShadowing } from '../../src/mesh/shadowing.ts'
import { apiOf, may, NETWORKING, NEVER, sandboxWith, userWith } from './support/cluster.ts'
import { route, tcp } from './support/objects.ts'

const OLDER = '2026-01-01T00:00:00Z'
const OURS = '2026-01-02T00:00:00Z'
const NEWER = '2026-01-03T00:00:00Z'

/** A sandbox whose tutorial's objects were made at a moment, and others at others. */
async function meshOf(others: { at: string; object: JsonObject }[], options: SandboxOptions = {}) {
  let now = new Date(OURS)
  const sandbox = await sandboxWith({ ...options, now: () => now })
  for (const { at, object } of others) {
    now = new Date(at)
    sandbox.objects.create(object as Parameters<typeof sandbox.objects.create>[0])
  }
  return sandbox
}

function other(name: string, namespace: string, entry: JsonObject, gateways: string[]): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace },
    spec: { hosts: ['*'], gateways, tcp: [entry] },
  }
}

/** What shadows one of our entries. */
async function shadowing(sandbox: Sandbox, index = 0): Promise<string[]> {
  const api = apiOf(sandbox.kubeconfig)
  const found = await readVirtualService(api, 'demo', 'tcp-echo', NEVER)
  if (!found.ok) throw new Error(found.finding.what)
  const entry = tcpEntries(found.object)[index]
  if (entry === undefined) throw new Error('no entry')
  const findings = await findShadowing(api, 'v1', found.object, entry, NEVER)
  return findings.map(({ kind, what, mend }) => `${kind}: ${what}\n${mend}`)
}

const SAME = tcp([route('v1')])
const GATEWAY = ['demo/tcp-echo-gateway']

describe('an older VirtualService', () => {
  test('that takes the same gateway port first is an error that names it', async () => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', SAME, GATEWAY) }])
    expect(await shadowing(sandbox)).toEqual([
      "error: VirtualService default/old is older and takes the same gateway port first: weights of demo/tcp-echo would have no effect\nLook at it:\n  kubectl --context 'sandbox' --namespace 'default' get virtualservice 'old' --output yaml",
    ])
  })

  test.each([
    ['for every port', tcp([route('v1')], null), GATEWAY],
    [
      'that names the gateway in its match',
      tcp([route('v1')], [{ port: 31400, gateways: GATEWAY }]),
      [],
    ],
    [
      'for other clients: a gateway does not look at them',
      tcp([route('v1')], [{ port: 31400, sourceLabels: { a: 'b' } }]),
      GATEWAY,
    ],
  ])('%s takes it too', async (_, entry, gateways) => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', entry, gateways) }])
    expect(await shadowing(sandbox)).toHaveLength(1)
  })

  test.each([
    ['on another port', tcp([route('v1')], [{ port: 31401 }]), GATEWAY],
    ['at another gateway of the same name', SAME, ['tcp-echo-gateway']],
    ['for sidecars', SAME, ['mesh']],
    [
      'that has the port and the gateway, but not together',
      tcp(
        [route('v1')],
        [
          { port: 31400, gateways: ['other'] },
          { port: 1, gateways: GATEWAY },
        ],
      ),
      ['other'],
    ],
  ])('%s takes nothing away', async (_, entry, gateways) => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', entry, gateways) }])
    expect(await shadowing(sandbox)).toEqual([])
  })
})

describe('a VirtualService for the same gateway port', () => {
  test('that is newer takes nothing away', async () => {
    const sandbox = await meshOf([{ at: NEWER, object: other('new', 'default', SAME, GATEWAY) }])
    expect(await shadowing(sandbox)).toEqual([])
  })

  test.each([
    ['a-first', 'istio-system', 1],
    ['tcp-echo', 'default', 1],
    ['tcp-echo', 'istio-system', 0],
    ['z-last', 'default', 0],
  ])(
    'as old as ours is before it by its name, then its namespace: %s in %s',
    async (name, namespace, count) => {
      // Ours is in demo, which is between the two.
      const sandbox = await meshOf([{ at: OURS, object: other(name, namespace, SAME, GATEWAY) }])
      expect(await shadowing(sandbox)).toHaveLength(count)
    },
  )
})

test('an entry of the same object that is before ours and takes all is an error', async () => {
  const sandbox = await meshOf([])
  const entries = [tcp([route('v1')], null), SAME]
  sandbox.objects.patch(
    { group: NETWORKING, resource: 'virtualservices', namespace: 'demo', name: 'tcp-echo' },
    { spec: { tcp: entries } },
  )
  expect(await shadowing(sandbox, 1)).toEqual([
    'error: tcp entry 1 of tcp-echo never gets a connection: entry 0 before it matches the same port and gateway\nRemove one of the two, or move this one up.',
  ])
  expect(await shadowing(sandbox, 0)).toEqual([])
})

test('without the right to look at all namespaces the check is skipped, and the rule named', async () => {
  const tokens = { t: userWith(may('get', NETWORKING, 'virtualservices', { namespace: 'demo' })) }
  const sandbox = await meshOf([], { tokens })
  expect(await shadowing(sandbox)).toEqual([
    'warning: not checked: whether an older VirtualService takes the same gateway port first; listing virtualservices of all namespaces is not allowed\nGrant it in a ClusterRole:\n  - {apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["list"]}',
  ])
})

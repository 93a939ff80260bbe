import { Agent, get } from 'node:http'
import { type JsonObject, listAt, numberAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** A rule of the mesh itself: the object that has it, and the inputs of a job for it. */
export type MeshRule = {
  object: (weights: Weights) => KubeObject
  inputs: Readonly<Record<string, string | undefined>>
  destination: (version: 'v1' | 'v2') => string
  /** The port of Service web whose traffic it splits. */
  port: number
}

type Weights = Readonly<Record<'v1' | 'v2', number>>

const METADATA = { name: 'web-mesh', namespace: 'demo' }

/** Inputs of a job that takes its evidence from the counters of clients, by what users do. */
export const BY_CLIENTS = {
  evidence: 'counters',
  traffic: 'users',
  'client-pods': 'demo/app=client',
  expect: undefined,
  'virtual-service': undefined,
  namespace: 'demo',
} as const

/** A VirtualService for the clients of Service web, with further fields in its spec. */
export function meshVirtualService(spec: JsonObject): MeshRule {
  return {
    object: (weights) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: METADATA,
      spec: { hosts: ['web'], http: [{ route: subsets(weights) }], ...spec },
    }),
    inputs: { ...BY_CLIENTS, object: 'VirtualService/web-mesh' },
    destination: (version) => version,
    port: 80,
  }
}

/** The destinations of its rule. */
export function subsets(weights: Weights): JsonObject[] {
  return (['v1', 'v2'] as const).map((subset) => ({
    destination: { host: 'web', subset, port: { number: 80 } },
    weight: weights[subset],
  }))
}

function meshRoute(kind: 'HTTPRoute' | 'GRPCRoute', port: number): MeshRule {
  return {
    object: (weights) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      metadata: METADATA,
      spec: {
        parentRefs: [{ group: '', kind: 'Service', name: 'web', port }],
        rules: [
          {
            backendRefs: (['v1', 'v2'] as const).map((version) => ({
              ...{ name: `web-${version}`, port, weight: weights[version] },
            })),
          },
        ],
      },
    }),
    inputs: { ...BY_CLIENTS, object: `${kind}/web-mesh` },
    destination: (version) => `web-${version}`,
    port,
  }
}

/** The kinds of rules of the mesh. */
export const MESH_RULES = {
  'a VirtualService with gateways [mesh]': meshVirtualService({ gateways: ['mesh'] }),
  'a VirtualService without gateways': meshVirtualService({}),
  'an HTTPRoute of a Service': meshRoute('HTTPRoute', 80),
  'a GRPCRoute of a Service': meshRoute('GRPCRoute', 9000),
} as const satisfies Readonly<Record<string, MeshRule>>

/** A user of HTTP: sends one request after the other on a connection, until the returned function is called. */
export function userOf(at: { host: string; port: number }, host: string): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let isOver = false
  const next = () => {
    if (isOver) return
    get({ ...at, agent, headers: { host } }, (response) => {
      response.resume().once('end', next)
    }).on('error', () => setTimeout(next, 10).unref())
  }
  next()
  return () => {
    isOver = true
    agent.destroy()
  }
}

/** The weights of the only rule of an object of a sandbox. */
export function weightsIn({ objects }: Pick<Sandbox, 'objects'>, rule: MeshRule): unknown[] {
  const { apiVersion, kind } = rule.object({ v1: 0, v2: 0 })
  const group = apiVersion.split('/')[0] ?? ''
  const found = objects.get({ group, resource: `${kind.toLowerCase()}s`, ...METADATA })
  const list = kind === 'VirtualService' ? ['http', 0, 'route'] : ['rules', 0, 'backendRefs']
  return listAt(found ?? null, 'spec', ...list).map((one) => numberAt(one, 'weight'))
}

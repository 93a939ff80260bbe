import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { authorOf, createHandler } from './api/handler.ts'
import { kubeconfigOf } from './api/kubeconfig.ts'
import { type ApiCall, startApiServer } from './api/server.ts'
import { EVERYTHING, type User } from './api/users.ts'
import { orderFault, type Subset, startSubset } from './echo/subset.ts'
import { type ApiRule, runThrough } from './faults/api-fault.ts'
import type { Faults } from './faults/faults.ts'
import type { GatewayFault } from './faults/gateway-fault.ts'
import { createOrders } from './faults/orders.ts'
import { type Connections, startGateway } from './mesh/gateway.ts'
import { createPilot } from './mesh/pilot.ts'
import { seededRandom } from './mesh/random.ts'
import { validateAsIstiod } from './mesh/validation.ts'
import { parseJson } from './objects/json.ts'
import { createObjectStore, type ObjectStore } from './objects/object-store.ts'
import { createRegistry, type Registry } from './objects/registry.ts'
import { NETWORKING, type Resource, resourceTable } from './objects/resources.ts'
import { readSchema, type Schema } from './objects/schema.ts'
import { createStorage } from './objects/storage.ts'
import { ADMIN_TOKEN, type SandboxOptions, subsetsOf } from './options.ts'
import { tutorialObjects } from './tutorial/objects.ts'

export type { SandboxOptions } from './options.ts'

/**
 * A mesh within this process: an API server, a gateway and the application of Istio's "TCP Traffic Shifting" task, that
 * behave as the real ones do where the project depends on it, and misbehave on order.
 */
export type Sandbox = {
  /** YAML, with the first token, for the API server that holds Istio's objects. */
  kubeconfig: string
  /** The same for the API server that holds Services and Pods; another one only with `separateClusters`. */
  gatewayKubeconfig: string
  /** The same for any token. */
  kubeconfigFor(token: string, cluster?: 'mesh' | 'application'): string
  /** URL of the API server. */
  server: string
  /** Where the gateway listens. */
  gateway: { host: string; port: number }
  /** Who may call, by token; can be changed at any time. */
  tokens: Map<string, User>
  objects: ObjectStore
  /** Every request that the API server received, in the order in which they were complete. */
  calls: ApiCall[]
  connections: Connections
  faults: Faults
  /** Resolves when the gateway has acted on all changes of objects (those aside that it was ordered never to act on). */
  applied(): Promise<void>
  /** How often istiod has pushed, the first time included. */
  pushes(): number
  /** Closes everything; nothing of it keeps the process alive. */
  stop(): Promise<void>
}

/** Labels of the gateway's pods, which a Gateway's selector is held against. */
const GATEWAY_LABELS = { app: 'istio-ingressgateway', istio: 'ingressgateway' }

/** Starts a sandbox with the tutorial's objects in it; the gateway serves them when this resolves. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const namespace = options.namespace ?? 'demo'
  const now = options.now ?? (() => new Date())
  const gatewayFaults = createOrders<GatewayFault>()
  const apiFaults = createOrders<ApiRule>()
  const stopped = new AbortController()

  const gateway = await startGateway({
    replicas: options.replicas ?? 1,
    drainMs: options.drainMs ?? 45_000,
    random: seededRandom(options.seed ?? 1),
    faults: gatewayFaults.active,
  })
  const subsets = await Promise.all(
    Object.entries(subsetsOf(options)).map(([name, prefix]) => startSubset(name, prefix)),
  )
  const registry = newRegistry(options, now)
  const objects = createObjectStore(registry)
  const start = {
    namespace,
    gateway: { host: gateway.host, port: gateway.port },
    subsets: subsets.map(({ name, prefix, server }) => ({ name, prefix, ...addressOf(server) })),
    weights: options.weights,
  }
  for (const { object, manager } of tutorialObjects(start))
    if (registry.resources.some((one) => one.kind === object.kind)) objects.create(object, manager)

  const pilot = createPilot({
    storage: registry.storage,
    resources: registry.resources,
    gatewayLabels: GATEWAY_LABELS,
    quietMs: options.debounceMs ?? 100,
    mostMs: options.debounceMaxMs ?? 10_000,
    push: gateway.rollout.push,
  })
  await gateway.listen()

  const tokens = new Map(Object.entries(options.tokens ?? { [ADMIN_TOKEN]: ADMIN }))
  const calls: ApiCall[] = []
  const serve = (served: Registry, port: number) => {
    const handler = createHandler(served, tokens, (resource, object) => {
      if (options.istiodValidates ?? true) validateAsIstiod(resource, object)
    })
    return startApiServer({
      port,
      calls,
      now,
      userOf: (authorization) => authorOf(authorization, tokens)?.name ?? '',
      respond: (request) =>
        runThrough(
          apiFaults.active(),
          request,
          async () => ({ kind: 'answer', response: handler(request) }),
          stopped.signal,
        ),
    })
  }
  const clusters = clustersOf(registry, options.separateClusters ?? false)
  const api = await serve(clusters.mesh, options.apiPort ?? 0)
  const applicationApi =
    clusters.mesh === clusters.application ? api : await serve(clusters.application, 0)
  const kubeconfigFor = (token: string, cluster: 'mesh' | 'application' = 'mesh') => {
    const { server, authority } = cluster === 'mesh' ? api : applicationApi
    return kubeconfigOf({ server, authority, token, namespace })
  }
  const firstToken = [...tokens.keys()][0] ?? ADMIN_TOKEN

  return {
    kubeconfig: kubeconfigFor(firstToken),
    gatewayKubeconfig: kubeconfigFor(firstToken, 'application'),
    kubeconfigFor,
    server: api.server,
    gateway: { host: gateway.host, port: gateway.port },
    tokens,
    objects,
    calls,
    connections: gateway.connections,
    faults: {
      gateway: (fault) =>
        gatewayFaults.order(fault, {
          began: gateway.listen,
          async ended() {
            gateway.rollout.catchUp()
            await gateway.listen()
          },
        }),
      destination: (name, fault, { every = 1 } = {}) =>
        orderFault(subsetNamed(subsets, name), { fault, every }, objects, namespace),
      api: (fault) => apiFaults.order({ fault, seen: 0, acted: 0 }),
      async clear() {
        for (const orders of [gatewayFaults, apiFaults, ...subsets.map((one) => one.orders)])
          await orders.clear()
      },
    },
    async applied() {
      await pilot.idle()
      await gateway.rollout.idle()
      await gateway.listen()
    },
    pushes: pilot.pushes,
    async stop() {
      pilot.stop()
      stopped.abort()
      await Promise.all([
        ...[...new Set([api, applicationApi])].map((one) => one.stop()),
        gateway.stop(),
        ...subsets.map((subset) => subset.server.stop()),
      ])
    },
  }
}

/** What each of the API servers serves: the same, or Istio's objects here and all others there. */
function clustersOf(
  registry: Registry,
  separate: boolean,
): { mesh: Registry; application: Registry } {
  if (!separate) return { mesh: registry, application: registry }
  const isIstio = (one: Resource) => one.group === NETWORKING
  const mesh = registry.resources.filter((one) => isIstio(one) || one.kind === 'Namespace')
  const application = registry.resources.filter((one) => !isIstio(one))
  return {
    mesh: { ...registry, resources: mesh },
    application: { ...registry, resources: application },
  }
}

const ADMIN: User = { name: 'admin', rules: [EVERYTHING] }

function newRegistry(options: SandboxOptions, now: () => Date): Registry {
  const resources = resourceTable({
    istioVersions: options.istioVersions ?? ['v1', 'v1beta1', 'v1alpha3'],
    omitted: options.omitted ?? [],
    schemas: { virtualservices: virtualServiceSchema() },
  })
  return createRegistry(createStorage(), resources, now)
}

let schema: Schema | undefined

/** Read once a process: it is long, and it never changes. */
function virtualServiceSchema(): Schema {
  if (schema === undefined) {
    const file = new URL('schemas/virtualservices.yaml', import.meta.url)
    schema = readSchema(parseJson(JSON.stringify(load(readFileSync(file, 'utf8')))))
  }
  return schema
}

function addressOf(server: { address: string; port: number }) {
  return { address: server.address, port: server.port }
}

function subsetNamed(subsets: readonly Subset[], name: string): Subset {
  const found = subsets.find((subset) => subset.name === name)
  if (found === undefined) throw new Error(`the sandbox has no subset ${name}`)
  return found
}

import { certificateFor, serverCertificate, WEB_HOSTS } from './api/certificate.ts'
import type { Tunnels } from './api/port-forward/tunnels.ts'
import type { ApiCall } from './api/server.ts'
import { type Cluster, startApis } from './api/start-apis.ts'
import { EVERYTHING, type User } from './api/users.ts'
import { serverIn, startTcpSubset, startWebSubset } from './echo/subset.ts'
import type { AdminFault } from './faults/admin-fault.ts'
import type { ApiRule } from './faults/api-fault.ts'
import type { ControllerFault } from './faults/controller-fault.ts'
import { createFaults, type Faults } from './faults/faults.ts'
import type { GatewayFault } from './faults/gateway-fault.ts'
import { createOrders } from './faults/orders.ts'
import type { SidecarFault } from './faults/sidecar-fault.ts'
import type { Jobs } from './jobs/jobs.ts'
import { startJobs } from './jobs/start-jobs.ts'
import type { Connections } from './mesh/accept.ts'
import { startGateway } from './mesh/gateway.ts'
import { createStatusWriter } from './mesh/gateway-api/status-writer.ts'
import { createPilot, gatewayApiObjects } from './mesh/pilot.ts'
import { seededRandom } from './mesh/random.ts'
import { createObjectStore, type ObjectStore } from './objects/object-store.ts'
import { ADMIN_TOKEN, type SandboxOptions, subsetsOf, webSubsetsOf } from './options.ts'
import {
  createGatewayPods,
  createOtherPods,
  GATEWAY_NAMESPACE,
  type GatewayPods,
} from './proxies/gateway-pods.ts'
import { placesOf } from './proxies/places.ts'
import { createSidecars, type Sidecars } from './proxies/sidecars.ts'
import { serves, startRegistry } from './start-registry.ts'
import { listenerPorts, startValues, webPorts } from './start-values.ts'
import { GATEWAY_API_PORTS, type GatewayApiPort } from './tutorial/gateway-api.ts'
import { tutorialObjects } from './tutorial/objects.ts'
import { WEB_PORTS } from './tutorial/web.ts'

export type { SandboxOptions } from './options.ts'

/**
 * A mesh within this process: an API server, a gateway and the application of Istio's "TCP Traffic Shifting" task. They
 * behave as the real ones wherever this project depends on it, and have faults that a test can order.
 */
export type Sandbox = {
  /** YAML, with the first token, for the API server with Istio's objects. */
  kubeconfig: string
  /** The same for the API server with Services and Pods. It differs only with `separateClusters`. */
  gatewayKubeconfig: string
  /** The same for any token. */
  kubeconfigFor(token: string, cluster?: Cluster): string
  /** URL of the API server. */
  server: string
  /** Where the gateway listens. */
  gateway: { host: string; port: number }
  /** The application that speaks HTTP, if it was started: where the gateway listens for it, and whom to trust (PEM). */
  web: Web
  /** Where the gateway listens for the Gateway API's Gateway, if that was asked for. */
  listeners: ListenerPorts
  /** Users by token. They can be changed at any time. */
  tokens: Map<string, User>
  objects: ObjectStore
  /** Every request that the API server received, in the order in which they were completed. */
  calls: ApiCall[]
  connections: Connections
  /** The gateway's Pods, of which each is a proxy. */
  pods: GatewayPods
  /** Clients with a sidecar. There are none until a test adds them. */
  sidecars: Sidecars
  /** What runs the Pods of Jobs. */
  jobs: Jobs
  /** Port-forwards into Pods. */
  tunnels: Tunnels
  faults: Faults
  /** Resolves when the gateway has applied all changes of objects, except those that a fault makes it ignore. */
  applied(): Promise<void>
  /** How often istiod has pushed, including the first time. */
  pushes(): number
  /** Closes everything, so that nothing keeps the process alive. */
  stop(): Promise<void>
}

/** Ports of the gateway for the listeners of the Gateway API's Gateway. */
export type ListenerPorts = Readonly<Record<GatewayApiPort, number>>

export type Web = { host: string; http: number; https: number; tls: number; authority: string }

/** Labels of the gateway's Pods, with which a Gateway's selector is compared. */
const GATEWAY_LABELS = { app: 'istio-ingressgateway', istio: 'ingressgateway' }

/** Starts a sandbox with the tutorial's objects. The gateway serves them when this resolves. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now = () => new Date(), seed = 1 } = options
  const gatewayOrders = createOrders<GatewayFault>()
  const apiOrders = createOrders<ApiRule>()
  const adminOrders = createOrders<AdminFault>()
  const controllerOrders = createOrders<ControllerFault>()
  const sidecarOrders = createOrders<SidecarFault>()

  const prefixes = subsetsOf(options)
  const webSubsets = webSubsetsOf(options)
  const hasWeb = webSubsets.length > 0
  const certificate = await (hasWeb ? certificateFor('web', WEB_HOSTS) : serverCertificate())
  const subsets = await Promise.all([
    ...Object.entries(prefixes).map(([name, prefix]) => startTcpSubset(name, prefix)),
    ...webSubsets.map((name) => startWebSubset(name, certificate)),
  ])
  const proxying = {
    drainMs: options.drainMs ?? 45_000,
    now,
    proxies: options.proxies ?? false,
    adminFaults: adminOrders.active,
    serverAt: serverIn(subsets),
  }
  const gateway = await startGateway({
    ...proxying,
    replicas: options.replicas ?? 1,
    morePorts: [
      ...(hasWeb ? Object.values(WEB_PORTS) : []),
      ...(options.gatewayApi === undefined ? [] : Object.values(GATEWAY_API_PORTS)),
    ],
    random: seededRandom(seed),
    faults: gatewayOrders.active,
  })
  const registry = startRegistry(options, now)
  const objects = createObjectStore(registry)
  const start = startValues(options, { gateway, subsets, certificate })
  const { namespace, rootNamespace } = start
  for (const { object, manager } of tutorialObjects(start))
    if (registry.resources.some((one) => serves(one, object))) objects.create(object, manager)
  createOtherPods(objects, gateway)
  const running = startJobs(options.jobs, {
    objects,
    registry,
    now,
    gateway,
    sidecars: () => sidecars,
  })

  const pilot = createPilot({
    storage: registry.storage,
    resources: registry.resources,
    gateway: {
      namespace: GATEWAY_NAMESPACE,
      labels: GATEWAY_LABELS,
      rootNamespace,
      mounted: certificate,
    },
    quietMs: options.debounceMs ?? 100,
    mostMs: options.debounceMaxMs ?? 10_000,
    push: gateway.rollout.push,
  })
  await gateway.listen()
  const status = createStatusWriter({
    registry,
    read: () => gatewayApiObjects(registry),
    now,
    faults: controllerOrders.active,
  })

  const tokens = new Map(Object.entries(options.tokens ?? { [ADMIN_TOKEN]: ADMIN }))
  const apis = await startApis({
    registry,
    tokens,
    separate: options.separateClusters ?? false,
    istiodValidates: options.istiodValidates ?? true,
    port: options.apiPort ?? 0,
    namespace,
    now,
    faults: apiOrders.active,
    places: placesOf(gateway, () => sidecars),
    logOf: running.logOf,
    // Other numbers than the gateway's: with the same ones, the choice of a Pod would decide the destination.
    random: seededRandom(seed + API_SEED),
  })
  const sidecars = createSidecars({
    world: { ...proxying, random: seededRandom(seed + SIDECAR_SEED) },
    ...{ orders: sidecarOrders, objects, pilot, tunnels: apis.tunnels },
    ...{ rootNamespace, mounted: certificate },
  })
  const firstToken = [...tokens.keys()][0] ?? ADMIN_TOKEN

  return {
    kubeconfig: apis.kubeconfigFor(firstToken, 'mesh'),
    gatewayKubeconfig: apis.kubeconfigFor(firstToken, 'application'),
    kubeconfigFor: (token, cluster = 'mesh') => apis.kubeconfigFor(token, cluster),
    server: apis.serverOf('mesh'),
    gateway: { host: gateway.host, port: gateway.port },
    web: { host: gateway.host, ...webPorts(gateway), authority: certificate.authority },
    listeners: listenerPorts(gateway),
    tokens,
    objects,
    calls: apis.calls,
    connections: gateway.connections,
    sidecars,
    pods: createGatewayPods({ gateway, objects, now, tunnels: apis.tunnels }),
    jobs: running.jobs,
    tunnels: apis.tunnels,
    faults: createFaults({
      gatewayOrders,
      apiOrders,
      adminOrders,
      job: running,
      controller: { orders: controllerOrders, status },
      sidecar: { orders: sidecarOrders, catchUp: sidecars.catchUp },
      gateway,
      subsets,
      place: { objects, namespace, now },
      random: seededRandom(seed),
    }),
    async applied() {
      await pilot.idle()
      await status.idle()
      await gateway.rollout.idle()
      await sidecars.idle()
      await gateway.listen()
    },
    pushes: pilot.pushes,
    async stop() {
      pilot.stop()
      status.stop()
      sidecars.stop()
      await Promise.all([
        apis.stop(),
        running.stop(),
        gateway.stop(),
        ...subsets.map((subset) => subset.server.stop()),
      ])
    },
  }
}

const API_SEED = 0x9e3779b1
const SIDECAR_SEED = 0x85ebca6b

const ADMIN: User = { name: 'admin', rules: [EVERYTHING] }

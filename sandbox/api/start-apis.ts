import { setMaxListeners } from 'node:events'
import { type ApiRule, runThrough } from '../faults/api-fault.ts'
import type { PodLog } from '../jobs/pod-log.ts'
import { isForLog, serveLog } from '../jobs/serve-log.ts'
import { validateAsIstiod } from '../mesh/webhook/validation.ts'
import type { Registry } from '../objects/registry.ts'
import { GATEWAY_API, NETWORKING, type Resource } from '../objects/resources.ts'
import { authorOf, createHandler } from './handler.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { createTunnels, type Tunnels } from './port-forward/tunnels.ts'
import { type PodPlaces, upgradeOf } from './port-forward/upgrade.ts'
import { type ApiCall, type ApiServer, startApiServer } from './server.ts'
import { createServiceProxy, isForService } from './service-proxy/service-proxy.ts'
import type { User } from './users.ts'

/** Which API server: the one for Istio's objects, or the one for Services and Pods. */
export type Cluster = 'mesh' | 'application'

/** The API server, or the two of them, over one set of objects. */
export type Apis = {
  calls: ApiCall[]
  tunnels: Tunnels
  serverOf(cluster: Cluster): string
  /** A kubeconfig (YAML) with a token. */
  kubeconfigFor(token: string, cluster: Cluster): string
  stop(): Promise<void>
}

export async function startApis(options: {
  registry: Registry
  tokens: ReadonlyMap<string, User>
  separate: boolean
  istiodValidates: boolean
  port: number
  namespace: string
  now: () => Date
  faults: () => readonly ApiRule[]
  places: PodPlaces
  logOf: (pod: string) => PodLog | undefined
  random: () => number
}): Promise<Apis> {
  const { registry, tokens, namespace } = options
  const calls: ApiCall[] = []
  const tunnels = createTunnels()
  const stopped = new AbortController()
  // Any number of calls may be waiting.
  setMaxListeners(0, stopped.signal)

  const serve = (served: Registry, port: number): Promise<ApiServer> => {
    const handler = createHandler(
      served,
      tokens,
      (resource, object) => {
        if (options.istiodValidates) validateAsIstiod(resource, object)
      },
      options.now,
    )
    const node = { registry: served, tokens, places: options.places }
    const services = createServiceProxy({ ...node, random: options.random })
    stopped.signal.addEventListener('abort', services.stop)
    return startApiServer({
      port,
      calls,
      now: options.now,
      userOf: (authorization) => authorOf(authorization, tokens)?.name ?? '',
      respond: (request, upgrades) =>
        runThrough(
          options.faults(),
          request,
          async () => {
            if (upgrades) return upgradeOf(request, { ...node, tunnels })
            if (isForService(request)) return services.serve(request)
            if (isForLog(request)) return serveLog(request, { ...node, logOf: options.logOf })
            return { kind: 'answer', response: handler(request) }
          },
          stopped.signal,
        ),
    })
  }

  const mesh = await serve(options.separate ? withoutApplication(registry) : registry, options.port)
  const application = options.separate ? await serve(withoutIstio(registry), 0) : mesh
  const serverFor = (cluster: Cluster) => (cluster === 'mesh' ? mesh : application)
  return {
    calls,
    tunnels,
    serverOf: (cluster) => serverFor(cluster).server,
    kubeconfigFor(token, cluster) {
      const { server, authority } = serverFor(cluster)
      return kubeconfigOf({ server, authority, token, namespace })
    },
    async stop() {
      stopped.abort()
      await Promise.all([...new Set([mesh, application])].map((one) => one.stop()))
    },
  }
}

function isIstio(resource: Resource): boolean {
  return [NETWORKING, GATEWAY_API].includes(resource.group)
}

function withoutIstio(registry: Registry): Registry {
  return { ...registry, resources: registry.resources.filter((one) => !isIstio(one)) }
}

/** Both API servers have namespaces. */
function withoutApplication(registry: Registry): Registry {
  const resources = registry.resources.filter((one) => isIstio(one) || one.kind === 'Namespace')
  return { ...registry, resources }
}

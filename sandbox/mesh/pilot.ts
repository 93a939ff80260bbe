import { isDeepStrictEqual } from 'node:util'
import { type KubeObject, textsOf } from '../objects/kube-object.ts'
import { GATEWAY_API, NETWORKING, type Resource } from '../objects/resources.ts'
import type { Change, Storage } from '../objects/storage.ts'
import { gatewayConfigOf, type MeshConfig, type MeshObjects } from './config.ts'
import type { Client } from './destination-rules.ts'
import type { GatewayApiObjects } from './gateway-api/objects.ts'
import { translate } from './gateway-api/translate.ts'
import { sidecarConfigOf } from './sidecar/sidecar-config.ts'

/** Watches the objects and pushes to the gateway and to sidecars, as istiod does. */
export type Pilot = {
  /** Pushes to the sidecar of a client now and after each change, until the returned function is called. */
  serve(client: SidecarClient): () => void
  /** How often it has pushed. */
  pushes(): number
  /** Resolves when no change waits to be pushed. */
  idle(): Promise<void>
  stop(): void
}

/** A sidecar: whose it is, and what takes its configuration. */
export type SidecarClient = { client: Client; push: (config: MeshConfig) => void }

const WATCHED = ['services', 'pods', 'endpointslices', 'secrets']

/**
 * Pushes after `quietMs` without a further change, at the latest `mostMs` after the first (PILOT_DEBOUNCE_AFTER and
 * PILOT_DEBOUNCE_MAX), and once at the start. A change of an Istio object's annotations or labels alone pushes nothing.
 */
export function createPilot(options: {
  storage: Storage
  resources: readonly Resource[]
  gateway: Client
  quietMs: number
  mostMs: number
  push: (config: MeshConfig) => void
}): Pilot {
  let pushes = 0
  let first: number | undefined
  let timer: NodeJS.Timeout | undefined
  let waiting: (() => void)[] = []

  const objects = (plural: string, group?: string) => listed(options, plural, group)
  const sidecars = new Set<SidecarClient>()
  const meshObjects = (): MeshObjects => {
    const made = translate(gatewayApiObjects(options))
    return {
      virtualServices: [...objects('virtualservices'), ...made.virtualServices],
      gateways: [...objects('gateways', NETWORKING), ...made.gateways],
      destinationRules: objects('destinationrules'),
      services: objects('services'),
      pods: objects('pods'),
      endpointSlices: objects('endpointslices'),
      secrets: objects('secrets'),
      sidecars: objects('sidecars'),
    }
  }
  const pushTo = ({ client, push }: SidecarClient, all: MeshObjects) => {
    const config = sidecarConfigOf(all, client)
    if (config !== undefined) push(config)
  }
  const push = () => {
    first = undefined
    timer = undefined
    pushes += 1
    const all = meshObjects()
    const config = gatewayConfigOf(all, options.gateway)
    if (config !== undefined) options.push(config)
    for (const sidecar of sidecars) pushTo(sidecar, all)
    for (const resolve of waiting.splice(0)) resolve()
  }
  const forget = options.storage.onChange((change) => {
    if (!needsPush(change)) return
    const now = performance.now()
    first ??= now
    clearTimeout(timer)
    const waitMs = Math.max(0, Math.min(options.quietMs, first + options.mostMs - now))
    timer = setTimeout(push, waitMs).unref()
  })
  push()

  return {
    serve(sidecar) {
      sidecars.add(sidecar)
      pushTo(sidecar, meshObjects())
      return () => sidecars.delete(sidecar)
    },
    pushes: () => pushes,
    idle: () =>
      timer === undefined ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    stop() {
      forget()
      clearTimeout(timer)
      timer = undefined
      for (const resolve of waiting) resolve()
      waiting = []
    },
  }
}

type Source = { storage: Storage; resources: readonly Resource[] }

function listed({ storage, resources }: Source, plural: string, group?: string): KubeObject[] {
  const resource = resources.find(
    (one) => one.plural === plural && (group === undefined || one.group === group),
  )
  return resource === undefined ? [] : storage.list(resource, '')
}

/** What there is of the Gateway API. */
export function gatewayApiObjects(source: Source): GatewayApiObjects {
  const all = (plural: string) => listed(source, plural, GATEWAY_API)
  return {
    classes: all('gatewayclasses'),
    gateways: all('gateways'),
    routes: {
      HTTPRoute: all('httproutes'),
      GRPCRoute: all('grpcroutes'),
      TCPRoute: all('tcproutes'),
      TLSRoute: all('tlsroutes'),
    },
    grants: all('referencegrants'),
    namespaces: listed(source, 'namespaces'),
    services: listed(source, 'services'),
    endpointSlices: listed(source, 'endpointslices'),
    secrets: listed(source, 'secrets'),
  }
}

function needsPush({ resource, before, after }: Change): boolean {
  if (resource.group === GATEWAY_API)
    return (
      before === undefined || after === undefined || !isDeepStrictEqual(before.spec, after.spec)
    )
  if (resource.group !== NETWORKING) return WATCHED.includes(resource.plural)
  if (before === undefined || after === undefined) return true
  // istiod compares further only if neither has one of Istio's own labels or annotations.
  if ([before, after].some(mentionsIstio)) return true
  return !isDeepStrictEqual(before.spec, after.spec)
}

function mentionsIstio(object: KubeObject): boolean {
  const keys = [
    ...Object.keys(textsOf(object, 'labels')),
    ...Object.keys(textsOf(object, 'annotations')),
  ]
  return keys.some((key) => key.includes('istio.io'))
}

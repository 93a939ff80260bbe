import { connect } from 'node:net'
import type { ApiCall } from '../../sandbox/api/server.ts'
import { hooks } from '../../sandbox/faults/api-acts.ts'
import type { ApiFault } from '../../sandbox/faults/api-fault.ts'
import type { Order } from '../../sandbox/faults/orders.ts'
import { type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { GATEWAY_ROUTES, gatewayMesh, type Kind } from '../run/gateway-api.ts'
import { ROUTE, routeText, WEB_ROUTE } from '../run/object.ts'
import { isWrite } from './calls.ts'
import { percentOf } from './object-text.ts'

/** A mesh with an API server that holds, drops and tells on order. */
export type World = {
  kubeconfig: string
  /** Inputs that differ from mesh to mesh: the authority of its certificates, where probes need it. */
  inputs: Readonly<Record<string, string>>
  calls: readonly ApiCall[]
  order(fault: ApiFault): Promise<Order>
  /** The route object as text, without its status and what every write changes. */
  text(): Promise<string>
  /** Somebody else's edit: JSON merge patch. */
  edit(patch: Patch): Promise<void>
  /** Lets a version answer nothing any more, or all again. Only where a scenario lets a version break. */
  answers?(version: string, does: boolean): Promise<void>
  /** Moves the API server's clock past the expiry of every journal. */
  expire(): void
  stop(): Promise<void>
}

export type Patch = {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> }
}

/** A label that somebody sets in the middle of a run. */
export const LATE_LABEL = 'somebody-else'

/** How the mesh is to be when a scenario begins. */
export type WorldOptions = Pick<SandboxOptions, 'weights'> & {
  /** The route object is that of the application that speaks HTTP, with these weights. */
  web?: Readonly<Record<string, number>>
  /** The route object is the route of this kind of the Gateway API, with these weights. */
  route?: { kind: Kind; weights: Readonly<Record<string, number>> }
  /** A version whose Pods say that they are ready and that does not answer. */
  dead?: string
  /** A version that answers each request with status 503. */
  failing?: string
  /** The gateway has so many replicas, whose proxies can be read; absent: one, whose proxy cannot. */
  proxies?: number
  /** Clients hold so many connections from before the run. */
  held?: number
  /** A version that answers nothing as long as its weight on the object is above this. */
  overloaded?: { version: string; above: number }
}

export type OpenWorld = (options: WorldOptions) => Promise<World>

const A_DAY_MS = 86_400_000

/** An embedded mesh of its own. Its gateway acts at once, so that runs are short. */
export const embeddedWorld: OpenWorld = async (options) => {
  const { weights, web, route, proxies, dead, failing, overloaded, held = 0 } = options
  let clockMs = Date.UTC(2026, 0, 1)
  const sandbox = await startSandbox({
    ...(weights === undefined ? {} : { weights }),
    ...(web === undefined ? {} : { web: { http: web } }),
    ...(route === undefined ? {} : gatewayMesh(route.weights, [route.kind])),
    ...(proxies === undefined ? {} : { proxies: true, replicas: proxies }),
    debounceMs: 1,
    now: () => new Date(clockMs),
  })
  // When a controller writes a status depends on time, and calls must come in the same order in every play.
  if (route !== undefined) await sandbox.faults.controller({ kind: 'never-observes' })
  if (dead !== undefined) await sandbox.faults.destination(dead, { kind: 'dead' })
  if (failing !== undefined)
    await sandbox.faults.destination(failing, { kind: 'status', status: 503 })
  const silences = new Map<string, Order>()
  const answers = async (version: string, does: boolean) => {
    if (does !== silences.has(version)) return
    if (!does) {
      silences.set(version, await sandbox.faults.destination(version, { kind: 'eof' }))
      return
    }
    const silence = silences.get(version)
    silences.delete(version)
    await silence?.clear()
  }
  const ref = route ? GATEWAY_ROUTES[route.kind].ref : web === undefined ? ROUTE : WEB_ROUTE
  if (overloaded) {
    const { version, above } = overloaded
    const after = async () => {
      await answers(version, percentOf(routeText(sandbox, ref), version) <= above)
    }
    await sandbox.faults.api({ match: isWrite, act: hooks({ after }) })
  }
  const clients = Array.from({ length: held }, () =>
    connect(sandbox.gateway).on('error', () => undefined),
  )
  return {
    kubeconfig: sandbox.kubeconfig,
    answers,
    inputs: route?.kind === 'tls' ? { 'probe-ca': sandbox.web.authority } : {},
    calls: sandbox.calls,
    order: sandbox.faults.api,
    text: async () => routeText(sandbox, ref),
    edit: async (patch) => void sandbox.objects.patch(ref, patch),
    expire() {
      clockMs += A_DAY_MS
    },
    async stop() {
      for (const client of clients) client.destroy()
      await sandbox.stop()
    },
  }
}

import { connect } from 'node:net'
import { type ProxySubject, type Subject, USER } from '../../kit/contract/subject.ts'
import { parseJson, textAt } from '../../sandbox/objects/json.ts'
import { GATEWAY_API_PORTS } from '../../sandbox/tutorial/gateway-api.ts'
import { WEB_PORTS } from '../../sandbox/tutorial/web.ts'
import { deadWebVersion } from '../faults/dead-web.ts'
import { faultyVersion } from '../faults/faulty.ts'
import { deadIstiod, deadVersion, type Heal } from '../faults/stopped.ts'
import { accountWith } from '../objects/service-account.ts'
import { ADMIN_PORTS, API_PORT, GATEWAY, ISTIOD } from '../processes/addresses.ts'
import { ADMIN_TOKEN, authority, kubeconfigFor } from '../processes/credentials.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import { gatewayRoutes } from '../processes/gateway-routes.ts'
import { textFrom } from '../processes/http.ts'
import { GRPC_METHOD } from '../processes/web.ts'
import { within } from '../processes/within.ts'
import { api, routeIs, versionOf } from '../suite/support/route.ts'

const LIMIT_MS = 20_000
/** Envoy's worker threads. */
const WORKERS = 2

/** The real mesh next to this process. */
export async function realSubject(): Promise<Subject> {
  const [, , , account = ''] = USER.split(':')
  const rule = {
    apiGroups: ['networking.istio.io'],
    resources: ['virtualservices'],
    resourceNames: ['tcp-echo'],
    verbs: ['get', 'patch'],
  }
  const grants = [{ namespace: 'demo', rules: [rule] }]
  const serves: Subject['serves'] = (split, port = GATEWAY.port) =>
    within(LIMIT_MS, `the gateway's serving ${JSON.stringify(split)} on ${port}`, async () => {
      if (!(await workersAgree())) return false
      const routes = await gatewayRoutes('first', port)
      if (split === undefined) return routes === undefined && (await isRefused(port))
      return routes !== undefined && shown(routes) === shown(split)
    }).then(() => undefined)

  return {
    adminKubeconfig: kubeconfigFor(API_PORT, ADMIN_TOKEN),
    userKubeconfig: await accountWith(api, API_PORT, account, grants),
    gateway: GATEWAY,
    async reset() {
      await routeIs()
      await serves({ v1: 100 })
    },
    async kill(version) {
      return once(await deadVersion(version))
    },
    listeners: GATEWAY_API_PORTS,
    proxies: [{ pod: PROXY_PODS.first.pod, admin: adminOf(ADMIN_PORTS.first) }],
    killIstiod: deadIstiod,
    serves,
    async pushesAfter(change) {
      await istiodKnows()
      const before = await worthAPush()
      await change()
      await istiodKnows()
      return (await worthAPush()) > before
    },
    web: {
      ...WEB_PORTS,
      authority: authority(),
      grpcMethod: GRPC_METHOD,
      versionOf: (body) => /"pod": "web-(\w+)-0"/.exec(body)?.[1],
      kill: async (version) => once(await deadWebVersion(version)),
      async faulty(version, fault, affected) {
        const applications = ['web', 'grpc'] as const
        const heals: Heal[] = []
        for (const one of applications)
          heals.push(await faultyVersion(one, version, fault, affected))
        return once(async () => {
          for (const heal of heals) await heal()
        })
      },
    },
  }
}

/** Gets paths of the admin endpoint of an Envoy. */
function adminOf(port: number): ProxySubject['admin'] {
  return async (path) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: answer.status, text: await answer.text() }
  }
}

/** Done at the first call only. */
function once(heal: Heal): Heal {
  let healed: Promise<void> | undefined
  return () => {
    healed ??= heal()
    return healed
  }
}

function shown(split: Readonly<Record<string, number>>): string {
  const entries = Object.entries(split).filter(([, weight]) => weight > 0)
  return JSON.stringify(entries.sort(([a], [b]) => a.localeCompare(b)))
}

/** Whether each of Envoy's workers has the latest version of every listener. */
async function workersAgree(): Promise<boolean> {
  const stats = await textFrom(
    `http://127.0.0.1:${ADMIN_PORTS.first}/stats?filter=^listener_manager.listener_`,
  )
  const count = (name: string) =>
    Number(new RegExp(`^listener_manager.listener_${name}: (\\d+)$`, 'm').exec(stats)?.[1])
  return count('create_success') === WORKERS * (count('added') + count('modified'))
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: GATEWAY.host, port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'))
  })
}

/** Resolves when istiod has read the current VirtualService. */
function istiodKnows(): Promise<boolean> {
  return within(LIMIT_MS, "istiod's notice of a change", async () => {
    const known = parseJson(await textFrom(`http://127.0.0.1:${ISTIOD.http}/debug/configz`))
    const version = await versionOf()
    const configs = Array.isArray(known) ? known : []
    return configs.some(
      (config) =>
        textAt(config, 'metadata', 'name') === 'tcp-echo' &&
        textAt(config, 'metadata', 'resourceVersion') === version,
    )
  })
}

/** How many changes istiod has pushed. */
async function worthAPush(): Promise<number> {
  const metrics = await textFrom(`http://127.0.0.1:${ISTIOD.monitoring}/metrics`)
  return Number(/^pilot_inbound_updates\{type="config"\} (\d+)$/m.exec(metrics)?.[1])
}

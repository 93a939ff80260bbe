import { setTimeout as pause } from 'node:timers/promises'
import type { KubeObject } from '../../../sandbox/objects/kube-object.ts'
import { WEB_PORTS } from '../../../sandbox/tutorial/web.ts'
import type { ProxyAdmin } from '../../../src/evidence/proxies/proxy-admin.ts'
import type { RuleInProxy } from '../../../src/gateways/proxies/held-rule.ts'
import { heldReader } from '../../../src/rollout/proxies/read-held.ts'
import { openApi } from '../../objects/api.ts'
import { virtualService } from '../../objects/tutorial.ts'
import { API_PORT, GATEWAY } from '../../processes/addresses.ts'
import { within } from '../../processes/within.ts'
import { WEB } from '../../suite/support/web.ts'
import { connection, type Ended, keptRequests, type Launch, traffic } from './traffic.ts'

/** A rule that is flipped between all for v1 and all for v2. */
export type Flipped = {
  name: string
  rule: RuleInProxy
  isHttp: boolean
  object(to: 'v1' | 'v2'): KubeObject
  launch: Launch
  replies: { v1: string; v2: string }
}

const all = (to: 'v1' | 'v2') => (to === 'v1' ? { v1: 100, v2: 0 } : { v1: 0, v2: 100 })

function destinations(service: string, port: number): RuleInProxy['destinations'] {
  const host = `${service}.demo.svc.cluster.local`
  return ['v1', 'v2'].map((subset) => ({ host, subset, port }))
}

export const TCP: Flipped = {
  name: 'connections',
  rule: {
    destinations: destinations('tcp-echo', 9000),
    hosts: [],
    request: { protocol: 'tcp', gateway: 'demo/tcp-echo-gateway', port: GATEWAY.port },
    port: GATEWAY.port,
  },
  isHttp: false,
  object: (to) => virtualService(all(to)),
  launch: connection,
  replies: { v1: 'one', v2: 'two' },
}

export const HTTP: Flipped = {
  name: 'requests on kept connections',
  rule: {
    destinations: destinations('web', 80),
    hosts: ['web.example.com'],
    request: {
      protocol: 'http',
      gateway: 'demo/web-gateway',
      port: WEB_PORTS.http,
      method: 'GET',
      scheme: 'http',
      authority: 'web.example.com',
      path: '/',
      headers: [],
    },
    port: WEB_PORTS.http,
  },
  isHttp: true,
  object: (to) => WEB.object(all(to)),
  launch: keptRequests(),
  replies: { v1: 'web-v1-0', v2: 'web-v2-0' },
}

/** What followed the confirmation of all proxies, over all flips. */
export type AfterConfirmation = {
  samples: number
  /** Launched at least `lagMs` later, and served by the weights before. */
  old: number
  /** Neither of the versions replied. */
  unanswered: number
  /** The latest launch of an old draw after the confirmation, in each flip: negative where all were before it. */
  latestOldMs: number[]
  /** From the write's answer to the confirmation, in each flip. */
  propagationMs: number[]
}

const EVERY_MS = 20

/**
 * Flips a rule again and again with connections in flight, and looks how draws follow what the configuration of both
 * replicas shows.
 */
export async function oldDraws(
  of: Flipped,
  admins: readonly ProxyAdmin[],
  { flips, perFlip, lagMs }: { flips: number; perFlip: number; lagMs: number },
): Promise<AfterConfirmation> {
  const api = openApi(API_PORT)
  const readers = admins.map((admin) => heldReader(admin, of))
  const signal = new AbortController().signal
  const hold = async (to: 'v1' | 'v2') => {
    const wanted = to === 'v1' ? [1, 0] : [0, 1]
    await within(20_000, `both replicas with all for ${to}`, async () => {
      const held = await Promise.all(readers.map((reader) => reader.read(signal, false)))
      return held.every((one) => one.kind === 'held' && String(one.shares) === String(wanted))
    })
  }
  const found: AfterConfirmation = {
    ...{ samples: 0, old: 0, unanswered: 0, latestOldMs: [], propagationMs: [] },
  }
  await api.replace(of.object('v1'))
  await hold('v1')
  for (let flip = 0; flip < flips; flip += 1) {
    const [to, from] = flip % 2 === 0 ? (['v2', 'v1'] as const) : (['v1', 'v2'] as const)
    const ended: Ended[] = []
    let confirmedMs = Number.POSITIVE_INFINITY
    let counted = 0
    const running = traffic(
      of.launch,
      () => counted >= perFlip,
      (one) => {
        ended.push(one)
        if (one.launchedMs >= confirmedMs + lagMs) counted += 1
      },
    )
    await pause(5 * EVERY_MS)
    await api.replace(of.object(to))
    const writtenMs = performance.now()
    await hold(to)
    confirmedMs = performance.now()
    await running
    const after = ended.filter(({ launchedMs }) => launchedMs >= confirmedMs + lagMs)
    const old = ended.filter(({ reply }) => reply === of.replies[from])
    found.samples += after.length
    found.old += after.filter(({ reply }) => reply === of.replies[from]).length
    found.unanswered += after.filter(({ reply }) => reply === '').length
    found.latestOldMs.push(Math.max(...old.map(({ launchedMs }) => launchedMs)) - confirmedMs)
    found.propagationMs.push(confirmedMs - writtenMs)
  }
  return found
}

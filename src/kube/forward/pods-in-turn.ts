import type { Duplex } from 'node:stream'
import type { PodName, Tunnel } from '../tunnel/open-tunnel.ts'
import { within } from '../within.ts'

/** A Pod, and the port of it that connections go to. */
export type ForwardedPod = PodName & { uid: string; port: number }

export type ForwardSettings = {
  /** The Pods that take connections now. */
  readPods(signal: AbortSignal): Promise<readonly ForwardedPod[]>
  openTunnel(pod: PodName, signal: AbortSignal): Promise<Tunnel>
  nowMs(): number
}

/** A connection through a tunnel. `lost` is to be called where it fails. */
export type Carried = {
  stream: Duplex
  /** Resolves to whether the connection failed with its Pod. If not, the way to a Pod that works is broken. */
  lost(): Promise<boolean>
}

/** Connections to several Pods in turn, each through a tunnel of its own. Pods may come and go. */
export type PodsInTurn = {
  /** Opens a connection to the next Pod; undefined where the way is broken. */
  connect(): Promise<Carried | undefined>
  pods(): readonly ForwardedPod[]
  /** Why the Pods that were left out at the start could not be reached, a clause each. */
  leftOut: readonly string[]
  /** Why the way is broken, as a sentence; undefined while it works. */
  broken(): string | undefined
  /** Aborts when the way breaks. */
  signal: AbortSignal
  close(): void
}

type Member = {
  pod: ForwardedPod
  tunnel: Tunnel
  open: number
  usedMs: number
  /** Set once the tunnel broke: whether its Pod has ended. */
  fate?: Promise<boolean>
}

/** How often the Pods are read while connections are opened. A Pod that begins to end still serves for some seconds. */
const READ_EVERY_MS = 2000
/** How long it may take to read the Pods, and to open a tunnel to one of them. */
const LOOK_MS = 5000
/** What is idle for so long may have been dropped by a proxy on the way without a word. */
const MOST_IDLE_MS = 15_000
/** A tunnel is a connection to the API server. */
const MOST_PODS = 20

/** Reads the Pods and opens a tunnel to each. Rejects where the Pods cannot be read, or no tunnel can be opened. */
export async function startPodsInTurn(
  settings: ForwardSettings,
  signal: AbortSignal,
): Promise<PodsInTurn> {
  const { readPods, openTunnel, nowMs } = settings
  const ended = new AbortController()
  const members = new Map<string, Member>()
  let turn = 0
  let usedMs = nowMs()
  let why: string | undefined
  const breaking = new AbortController()

  const limited = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    within({ ms: LOOK_MS, signal: ended.signal }, work)

  async function join(pod: ForwardedPod, signal: AbortSignal): Promise<void> {
    const tunnel = await openTunnel(pod, signal)
    if (ended.signal.aborted) return tunnel.close()
    members.get(pod.uid)?.tunnel.close()
    members.set(pod.uid, { pod, tunnel, open: 0, usedMs: nowMs() })
  }

  /** Lets new Pods in. Connections to a Pod that takes none any more go on until they end. */
  async function follow(): Promise<readonly ForwardedPod[]> {
    const pods = (await limited(readPods)).slice(0, MOST_PODS)
    for (const [uid, member] of members)
      if (pods.length > 0 && pods.every((pod) => pod.uid !== uid)) leave(uid, member)
    const news = pods.filter(({ uid }) => !members.has(uid))
    await Promise.all(news.map((pod) => limited((at) => join(pod, at)).catch(() => undefined)))
    return pods
  }

  function leave(uid: string, member: Member): void {
    members.delete(uid)
    if (member.open === 0) member.tunnel.close()
  }

  function breakOff(reason: string): void {
    why ??= reason
    breaking.abort()
  }

  function fateOf(member: Member): Promise<boolean> {
    member.fate ??= hasEnded(member)
    return member.fate
  }

  /** Whether a Pod whose tunnel broke has ended. If it still takes connections, or that cannot be read, the way is broken. */
  async function hasEnded({ pod, tunnel }: Member): Promise<boolean> {
    const what = `The tunnel to Pod ${pod.namespace}/${pod.name} broke: ${tunnel.broken() ?? ''}`
    const pods = await limited(readPods).catch(() => undefined)
    if (pods?.every(({ uid }) => uid !== pod.uid)) {
      members.delete(pod.uid)
      await follow().catch(() => undefined)
      if (members.size > 0) return true
    }
    breakOff(`${what.replace(/\.$/, '')}.`)
    return false
  }

  /** After a pause nothing is taken for granted: Pods may have gone, and tunnels may be dead. */
  async function renew(): Promise<void> {
    await follow().catch(() => undefined)
    const idle = [...members.values()].filter(({ open }) => open === 0)
    await Promise.all(idle.map((member) => reopen(member)))
  }

  async function reopen(member: Member): Promise<void> {
    const { pod } = member
    await limited((at) => join(pod, at)).catch((error: unknown) =>
      breakOff(
        `The tunnel to Pod ${pod.namespace}/${pod.name} cannot be opened again: ${said(error)}.`,
      ),
    )
  }

  let renewing: Promise<void> | undefined

  /** The member whose turn it is, with a tunnel that works. */
  async function next(): Promise<Member | undefined> {
    if (nowMs() - usedMs > MOST_IDLE_MS) renewing ??= renew()
    usedMs = nowMs()
    await renewing
    renewing = undefined
    const all = [...members.values()]
    const member = all[turn % all.length]
    turn += 1
    if (member === undefined || member.tunnel.broken() === undefined) return member
    // One that broke while it carried nothing did no harm.
    if (member.open === 0 && member.fate === undefined) await reopen(member)
    else if (!(await fateOf(member))) return undefined
    return why === undefined ? next() : undefined
  }

  async function connect(): Promise<Carried | undefined> {
    if (why !== undefined || ended.signal.aborted) return undefined
    const member = await next()
    if (member === undefined || ended.signal.aborted) return undefined
    const stream = member.tunnel.connect(member.pod.port)
    member.open += 1
    stream.once('close', () => {
      member.open -= 1
      if (member.open === 0 && members.get(member.pod.uid) !== member) member.tunnel.close()
    })
    return {
      stream,
      async lost() {
        if (member.tunnel.broken() === undefined || ended.signal.aborted) return true
        return fateOf(member)
      },
    }
  }

  let readMs = nowMs()
  const reading = setInterval(() => {
    if (usedMs <= readMs || why !== undefined) return
    readMs = nowMs()
    follow().catch(() => undefined)
  }, READ_EVERY_MS)
  reading.unref()

  function close(): void {
    ended.abort()
    clearInterval(reading)
    for (const [uid, member] of members) {
      members.delete(uid)
      member.tunnel.close()
    }
  }

  const pods = await readPods(signal)
  const leftOut: string[] = []
  const first = pods.slice(0, MOST_PODS)
  const failures: unknown[] = []
  await Promise.all(
    first.map((pod) =>
      join(pod, signal).catch((error: unknown) => {
        failures.push(error)
        leftOut.push(`Pod ${pod.namespace}/${pod.name}: ${said(error)}`)
      }),
    ),
  )
  if (members.size === 0) {
    close()
    if (failures.length > 0) throw failures[0]
  }
  return {
    connect,
    pods: () => [...members.values()].map(({ pod }) => pod),
    leftOut,
    broken: () => why,
    signal: breaking.signal,
    close,
  }
}

function said(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
}

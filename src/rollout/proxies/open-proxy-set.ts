import type { ProxyAdmin } from '../../evidence/proxies/proxy-admin.ts'
import type { FoundProxies, ProxyPod } from '../../gateways/proxies/found-proxies.ts'
import { ApiError, whyFailed } from '../../kube/api-error.ts'
import type { ProxyMember, ProxySet } from './proxy-set.ts'

/** How the proxies of a rule are found, and how each is read. */
export type ProxyAccess = {
  find(signal: AbortSignal): Promise<FoundProxies>
  open(pod: ProxyPod, signal: AbortSignal): Promise<ProxyAdmin>
  /** The most proxies that are read; undefined: all. */
  most: number | undefined
  nowMs: () => number
}

/** Finds the proxies of a rule, and opens a tunnel to each. What cannot be read has its reason; nothing rejects. */
export async function openProxySet(access: ProxyAccess, signal: AbortSignal): Promise<ProxySet> {
  const members = new Map<string, ProxyMember>()
  let found: FoundProxies = { pods: [], how: '', notes: [], unknown: 'they were not read yet' }
  let isClosed = false
  let readMs = Number.NEGATIVE_INFINITY

  async function read(signal: AbortSignal): Promise<boolean> {
    const next = await access.find(signal).catch(notFound)
    if (isClosed) return false
    // Where the list cannot be read again, Pods may have come or gone.
    if (next.unknown !== undefined && found.unknown === undefined) return true
    found = next
    readMs = access.nowMs()
    const uids = new Set(next.pods.map(({ uid }) => uid))
    const gone = [...members.keys()].filter((uid) => !uids.has(uid))
    const isNew = next.pods.some(({ uid }) => !members.has(uid))
    for (const uid of gone) remove(uid)
    await Promise.all(next.pods.map((pod) => join(pod, signal)))
    return isNew || gone.length > 0
  }

  function remove(uid: string): void {
    members.get(uid)?.admin?.close()
    members.delete(uid)
  }

  /** Adds a Pod, or what is new of it. A tunnel that broke is opened again, and one that could not be opened is not. */
  async function join(pod: ProxyPod, signal: AbortSignal): Promise<void> {
    const before = members.get(pod.uid)
    if (before !== undefined && before.admin?.broken() === undefined) {
      members.set(pod.uid, { ...before, pod })
      return
    }
    before?.admin?.close()
    const member = await opened(pod, signal)
    if (isClosed) member.admin?.close()
    else members.set(pod.uid, member)
  }

  async function opened(pod: ProxyPod, signal: AbortSignal): Promise<ProxyMember> {
    const { most } = access
    if (most !== undefined && found.pods.length > most) {
      const why = `there are ${found.pods.length} proxies, and at most ${most} are read`
      return { pod, admin: undefined, why }
    }
    try {
      return { pod, admin: await access.open(pod, signal) }
    } catch (error) {
      return { pod, admin: undefined, why: clauseOf(error) }
    }
  }

  let reading: Promise<boolean> | undefined
  let next: Promise<boolean> | undefined

  function begin(signal: AbortSignal): Promise<boolean> {
    reading = read(signal).finally(() => {
      reading = undefined
    })
    return reading
  }

  /** Each proxy that fails asks for it. Two at once would open two tunnels to a Pod, so those that come meanwhile share the next. */
  function refresh(signal: AbortSignal): Promise<boolean> {
    if (reading === undefined) return begin(signal)
    next ??= reading.then(() => {
      next = undefined
      return begin(signal)
    })
    return next
  }

  await read(signal)
  return {
    found: () => found,
    readMs: () => readMs,
    members: () => [...members.values()],
    refresh,
    close() {
      isClosed = true
      for (const uid of [...members.keys()]) remove(uid)
    },
  }
}

function notFound(error: unknown): FoundProxies {
  return { pods: [], how: '', notes: [], unknown: clauseOf(error) }
}

/** Why something failed, as a part of a sentence. */
export function clauseOf(error: unknown): string {
  const text =
    error instanceof ApiError
      ? whyFailed(error)
      : error instanceof Error
        ? error.message
        : String(error)
  return text.replace(/\.$/, '')
}

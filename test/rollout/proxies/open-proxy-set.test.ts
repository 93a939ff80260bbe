import { expect, test } from 'vitest'
import type { ProxyAdmin } from '../../../src/evidence/proxies/proxy-admin.ts'
import type { FoundProxies, ProxyPod } from '../../../src/gateways/proxies/found-proxies.ts'
import { ApiError } from '../../../src/kube/api-error.ts'
import { openProxySet } from '../../../src/rollout/proxies/open-proxy-set.ts'

const NEVER = new AbortController().signal

function pod(name: string): ProxyPod {
  return {
    namespace: 'istio-system',
    name,
    uid: `uid-of-${name}`,
    role: 'gateway',
    isReady: true,
    isTerminating: false,
  }
}

/** A cluster whose Pods can change, and whose tunnels can break. */
function cluster(...names: string[]) {
  const state = { names, unknown: undefined as string | undefined, breaks: new Set<string>() }
  const open = new Set<string>()
  const access = {
    most: undefined as number | undefined,
    nowMs: () => 0,
    async find(): Promise<FoundProxies> {
      const how = 'the Pods of the gateway'
      if (state.unknown !== undefined) return { pods: [], how, notes: [], unknown: state.unknown }
      return { pods: state.names.map(pod), how, notes: [] }
    },
    async open({ name }: ProxyPod): Promise<ProxyAdmin> {
      if (name === 'refusing') throw new ApiError('POST', 'pods is forbidden.', FORBIDDEN)
      open.add(name)
      return {
        dump: async () => ({}),
        drainMs: async () => 0,
        uptimeMs: async () => 0,
        statistics: async () => new Map(),
        requests: async () => [],
        counters: async () => new Map(),
        broken: () => (state.breaks.has(name) ? 'the connection was closed' : undefined),
        close: () => open.delete(name),
      }
    },
  }
  return { state, access, open }
}

const FORBIDDEN = { status: 403, reason: 'Forbidden', body: null, retryAfterMs: undefined }

test('each proxy has a tunnel, or the reason why it cannot be read', async () => {
  const { access, open } = cluster('one', 'refusing')
  const set = await openProxySet(access, NEVER)
  expect(set.members().map(({ pod: { name }, why }) => [name, why])).toEqual([
    ['one', undefined],
    ['refusing', 'pods is forbidden. (403)'],
  ])
  expect([...open]).toEqual(['one'])
  set.close()
  expect([...open]).toEqual([])
})

test('a refresh follows Pods that come and go, and says whether any did', async () => {
  const { access, open, state } = cluster('one', 'two')
  const set = await openProxySet(access, NEVER)
  expect(await set.refresh(NEVER)).toBe(false)
  state.names = ['two', 'three']
  expect(await set.refresh(NEVER)).toBe(true)
  expect([...open].sort()).toEqual(['three', 'two'])
  set.close()
})

test('a tunnel that broke is opened again, which is no change of the Pods', async () => {
  const { access, state, open } = cluster('one')
  const set = await openProxySet(access, NEVER)
  state.breaks.add('one')
  open.clear()
  expect(await set.refresh(NEVER)).toBe(false)
  expect([...open]).toEqual(['one'])
})

test('Pods that cannot be listed again may have changed', async () => {
  const { access, state } = cluster('one')
  const set = await openProxySet(access, NEVER)
  state.unknown = 'the API server did not answer'
  expect(await set.refresh(NEVER)).toBe(true)
  expect(set.members().map(({ pod: { name } }) => name)).toEqual(['one'])
})

test('where there are more proxies than may be read, none is', async () => {
  const { access, open } = cluster('one', 'two', 'three')
  const set = await openProxySet({ ...access, most: 2 }, NEVER)
  expect(set.members().map(({ why }) => why)).toEqual(
    Array(3).fill('there are 3 proxies, and at most 2 are read'),
  )
  expect(open.size).toBe(0)
})

test('proxies that are not found have a reason, also where the search fails', async () => {
  const failing = {
    ...cluster().access,
    find: () => Promise.reject(new ApiError('GET', 'pods is forbidden.', FORBIDDEN)),
  }
  const set = await openProxySet(failing, NEVER)
  expect(set.found().unknown).toBe('pods is forbidden. (403)')
  expect(set.members()).toEqual([])
})

test('refreshes at the same time open one tunnel to a Pod whose tunnel broke', async () => {
  const { state, access, open } = cluster('a')
  let opened = 0
  const counted = {
    ...access,
    open(pod: ProxyPod) {
      opened += 1
      state.breaks.delete(pod.name)
      return access.open(pod)
    },
  }
  const set = await openProxySet(counted, NEVER)
  state.breaks.add('a')
  await Promise.all([set.refresh(NEVER), set.refresh(NEVER), set.refresh(NEVER)])
  expect(opened).toBe(2)
  expect([...open]).toEqual(['a'])
})

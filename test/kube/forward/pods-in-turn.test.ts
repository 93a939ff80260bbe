import { once } from 'node:events'
import { connect } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { listenLocally } from '../../../src/kube/forward/listen-locally.ts'
import {
  type Carried,
  type PodsInTurn,
  startPodsInTurn,
} from '../../../src/kube/forward/pods-in-turn.ts'
import type { Tunnel } from '../../../src/kube/tunnel/open-tunnel.ts'
import { NEVER } from '../support/cluster.ts'

/** A tunnel into a Pod that answers with its name. */
type Stand = Tunnel & { pod: string; break(): void; isClosed: boolean; open: Duplex[] }

function standFor(pod: string): Stand {
  let broken: string | undefined
  const stand: Stand = {
    pod,
    isClosed: false,
    open: [],
    connect() {
      const stream = new Duplex({
        read: () => undefined,
        write(_chunk, _encoding, done) {
          stream.push(pod)
          done()
        },
      })
      stream.on('error', () => undefined)
      stand.open.push(stream)
      return stream
    },
    broken: () => broken,
    close() {
      stand.isClosed = true
    },
    break() {
      broken = 'the connection was closed'
      for (const stream of stand.open) stream.destroy(new Error(broken))
    },
  }
  return stand
}

/** Pods by name, with what a test changes. */
async function inTurn(...names: string[]) {
  const world = { names, nowMs: 0, tunnels: [] as Stand[], refused: [] as string[] }
  const forward = await startPodsInTurn(
    {
      readPods: async () =>
        world.names.map((name) => ({ namespace: 'a', name, uid: `uid-${name}`, port: 80 })),
      async openTunnel({ name }) {
        if (world.refused.includes(name)) throw new Error(`${name} has no node.`)
        const tunnel = standFor(name)
        world.tunnels.push(tunnel)
        return tunnel
      },
      nowMs: () => world.nowMs,
    },
    NEVER,
  )
  onTestFinished(forward.close)
  return { world, forward }
}

async function opened(forward: PodsInTurn): Promise<Carried & { pod: string }> {
  const carried = await forward.connect()
  if (carried === undefined) throw new Error('the way is broken')
  carried.stream.write('who')
  const [name] = await once(carried.stream, 'data')
  return { ...carried, pod: String(name) }
}

/** The Pods of so many connections, one after the other. */
async function podsOf(forward: PodsInTurn, connections: number): Promise<string[]> {
  const pods: string[] = []
  for (let made = 0; made < connections; made += 1) {
    const { pod, stream } = await opened(forward)
    pods.push(pod)
    stream.destroy()
    await once(stream, 'close')
  }
  return pods
}

test('connections go to the Pods in turn', async () => {
  const { forward } = await inTurn('a', 'b', 'c')
  expect(await podsOf(forward, 5)).toEqual(['a', 'b', 'c', 'a', 'b'])
})

test('a Pod that cannot be reached is left out and named, and none at all is an error', async () => {
  const world = { refused: ['b'] }
  const settings = {
    readPods: async () => ['a', 'b'].map((name) => ({ namespace: 'x', name, uid: name, port: 80 })),
    async openTunnel({ name }: { name: string }) {
      if (world.refused.includes(name)) throw new Error(`${name} has no node.`)
      return standFor(name)
    },
    nowMs: () => 0,
  }
  const forward = await startPodsInTurn(settings, NEVER)
  onTestFinished(forward.close)
  expect(forward.leftOut).toEqual(['Pod x/b: b has no node'])
  expect(await podsOf(forward, 2)).toEqual(['a', 'a'])
  world.refused = ['a', 'b']
  await expect(startPodsInTurn(settings, NEVER)).rejects.toThrow('a has no node')
})

test('after a pause the Pods are read again, and every tunnel is opened again', async () => {
  const { world, forward } = await inTurn('a', 'b')
  expect(await podsOf(forward, 2)).toEqual(['a', 'b'])
  world.names = ['b', 'c']
  world.nowMs = 20_000
  expect(new Set(await podsOf(forward, 4))).toEqual(new Set(['b', 'c']))
  expect(world.tunnels.filter(({ pod }) => pod === 'b').map(({ isClosed }) => isClosed)).toEqual([
    true,
    false,
  ])
  expect(forward.broken()).toBeUndefined()
})

test('a tunnel that broke while it carried nothing is opened again', async () => {
  const { world, forward } = await inTurn('a')
  expect(await podsOf(forward, 1)).toEqual(['a'])
  world.tunnels[0]?.break()
  expect(await podsOf(forward, 1)).toEqual(['a'])
  expect(forward.broken()).toBeUndefined()
})

test('a tunnel that breaks with a connection breaks the way where its Pod still takes connections', async () => {
  const { world, forward } = await inTurn('a', 'b')
  const { lost } = await opened(forward)
  world.tunnels[0]?.break()
  expect(await lost()).toBe(false)
  expect(forward.broken()).toBe('The tunnel to Pod a/a broke: the connection was closed.')
  expect(forward.signal.aborted).toBe(true)
  expect(await forward.connect()).toBeUndefined()
})

test('a tunnel that breaks with its Pod is given up, and the others go on', async () => {
  const { world, forward } = await inTurn('a', 'b')
  const { lost } = await opened(forward)
  world.names = ['b']
  world.tunnels[0]?.break()
  expect(await lost()).toBe(true)
  expect(await podsOf(forward, 2)).toEqual(['b', 'b'])
  expect(forward.signal.aborted).toBe(false)
})

test('the last Pod that ends breaks the way', async () => {
  const { world, forward } = await inTurn('a')
  const { lost } = await opened(forward)
  world.names = []
  world.tunnels[0]?.break()
  expect(await lost()).toBe(false)
  expect(forward.broken()).toContain('The tunnel to Pod a/a broke')
})

test('a connection that its Pod refuses says nothing against the way', async () => {
  const { forward } = await inTurn('a')
  const { lost, stream } = await opened(forward)
  stream.destroy(new Error('connection refused'))
  expect(await lost()).toBe(true)
  expect(forward.broken()).toBeUndefined()
})

test('a local connection is reset with its Pod, and is left open where the way broke', async () => {
  const { world, forward } = await inTurn('a', 'b')
  const listener = await listenLocally(forward.connect)
  onTestFinished(listener.close)
  const dial = async () => {
    const socket = connect(listener.port, listener.host)
    socket.write('who')
    const [name] = await once(socket, 'data')
    return { socket, pod: String(name) }
  }
  const first = await dial()
  expect(first.pod).toBe('a')
  const ended = once(first.socket, 'error')
  world.names = ['b']
  world.tunnels[0]?.break()
  expect(String(await ended)).toContain('ECONNRESET')

  const second = await dial()
  let isEnded = false
  second.socket.on('close', () => {
    isEnded = true
  })
  const broke = once(forward.signal, 'abort')
  world.tunnels[1]?.break()
  await broke
  expect(isEnded).toBe(false)
  listener.close()
  await once(second.socket, 'close')
})

import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { listAt, textAt } from '../../../../sandbox/objects/json.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../../sandbox/sandbox.ts'

/** Two gateway replicas whose proxies can be read. */
export async function mesh(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    proxies: true,
    replicas: 2,
    debounceMs: 10,
    weights: { v1: 80, v2: 20 },
    ...options,
  })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

/** Users of the tcp rule: so many at once connect, get a reply and connect again. */
export function users({ gateway }: Sandbox, atOnce = 4): void {
  let isOver = false
  const one = () => {
    if (isOver) return
    const socket = connect(gateway, () => socket.write('hello\n'))
    socket.once('data', () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('close', () => setTimeout(one, 5))
  }
  for (let started = 0; started < atOnce; started += 1) one()
  onTestFinished(() => {
    isOver = true
  })
}

/** Users of the http rule: so many at once send a request, get the reply and send the next. */
export function webUsers({ web }: Sandbox, atOnce = 4): void {
  let isOver = false
  const agent = new Agent({ keepAlive: true })
  const options = { host: web.host, port: web.http, headers: { host: 'web.example.com' }, agent }
  const one = () => {
    if (isOver) return
    get(options, (reply) => reply.resume().once('close', () => setTimeout(one, 5))).on(
      'error',
      () => setTimeout(one, 5),
    )
  }
  for (let started = 0; started < atOnce; started += 1) one()
  onTestFinished(() => {
    isOver = true
    agent.destroy()
  })
}

/** Connections that stay open, and have a destination. */
export function held({ gateway }: Sandbox, count: number): Promise<Socket[]> {
  const open = () =>
    new Promise<Socket>((resolve) => {
      const socket = connect(gateway, () => socket.write('hello\n'))
      socket.on('error', () => undefined)
      socket.once('data', () => resolve(socket))
    })
  return Promise.all(Array.from({ length: count }, open))
}

/** A load balancer in front of one mesh, and once they are divided, of two. */
export async function balance(first: Sandbox, second: Sandbox) {
  let isDivided = false
  let connections = 0
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    connections += 1
    const { gateway } = isDivided && connections % 2 === 0 ? second : first
    const onward = connect(gateway)
    socket.pipe(onward).pipe(socket)
    for (const [one, peer] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      one.on('error', () => undefined).once('close', () => peer.destroy())
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  const { port } = server.address() as AddressInfo
  return { endpoint: `127.0.0.1:${port}`, divide: () => (isDivided = true) }
}

/** Removes the objects of the second replica, which serves on: as of a gateway of another cluster, at the same address. */
export function hideReplica({ objects, pods }: Sandbox): void {
  const name = pods.names()[1] ?? ''
  const group = 'discovery.k8s.io'
  const slices = { group, resource: 'endpointslices', namespace: 'istio-system' }
  objects.delete({ group: '', resource: 'pods', namespace: 'istio-system', name })
  for (const slice of objects.list(slices)) {
    const endpoints = listAt(slice, 'endpoints').filter(
      (one) => textAt(one, 'targetRef', 'name') !== name,
    )
    objects.patch(
      { ...slices, name: slice.metadata.name },
      { endpoints },
      'kube-controller-manager',
    )
  }
}

/** Inputs of a run by counters. */
export const COUNTERS = {
  evidence: 'counters',
  expect: undefined,
  subset: 'v2',
  confidence: '99.99',
  tolerance: '12',
  rate: '500',
}

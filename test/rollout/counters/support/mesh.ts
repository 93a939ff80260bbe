import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
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

/** Inputs of a run by counters. */
export const COUNTERS = {
  evidence: 'counters',
  expect: undefined,
  subset: 'v2',
  confidence: '99.99',
  tolerance: '12',
  rate: '500',
}

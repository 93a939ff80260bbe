import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { numberAt } from '../../sandbox/objects/json.ts'
import { deadVersion } from '../faults/stopped.ts'
import { POD_PORT, PODS } from '../processes/addresses.ts'
import { PREFIXES } from '../processes/echo.ts'
import { runJob } from './support/job.ts'
import { routeIs } from './support/route.ts'

const VERSIONS = ['v1', 'v2'] as const
const VERIFY = { mode: 'verify', weights: 'current', 'propagation-timeout': '0s' }
const HALF_CLOSE = { ...VERIFY, 'reply-until': 'half-close' }

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

/** Serves both versions with something else than the tutorial's server, until the test ends. */
async function served(serve: (socket: Socket, prefix: string) => void): Promise<void> {
  for (const version of VERSIONS) {
    const revive = await deadVersion(version)
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
      serve(socket, PREFIXES[version])
    })
    server.listen(POD_PORT, PODS[version])
    await once(server, 'listening')
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
      await revive()
    })
  }
}

describe('Envoy passes a half-close on, and the reply back', () => {
  test('where the server answers at the end of the stream only', async () => {
    await served((socket, prefix) => {
      socket.resume()
      socket.once('end', () => socket.end(`${prefix} got it\n`))
    })
    const { outputs } = await runJob(HALF_CLOSE)
    expect(outputs).toMatchObject({ verdict: 'pass', unclassified: '0' })
    const { outputs: without, text } = await runJob({ ...VERIFY, 'probe-timeout': '500ms' })
    expect(without).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(text).toContain('reply-until: half-close')
  })

  test('where the server answers at once, or in many packets', async () => {
    await served((socket, prefix) => {
      const filler = 'x'.repeat(30_000)
      socket.once('data', () => socket.write(`${prefix} ${filler}\n`))
      socket.once('end', () => socket.end('the end\n'))
    })
    const { outputs, report } = await runJob(HALF_CLOSE)
    expect(outputs).toMatchObject({ verdict: 'pass', unclassified: '0' })
    expect(numberAt(report, 'connections') ?? 0).toBeGreaterThan(100)
  })
})

test('a server that takes the half-close for an end drops its reply, which the run counts as lost', async () => {
  await served((socket, prefix) => {
    // Not in the same turn: what is written before the end arrives is sent.
    socket.once('data', () => setTimeout(() => socket.write(`${prefix} late\n`), 20))
    socket.once('end', () => socket.destroy())
  })
  const { outputs, text } = await runJob(HALF_CLOSE)
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(text).toMatch(/none of 10 connections .*(closed without a reply|reset)/)
  const { outputs: newline } = await runJob(VERIFY)
  expect(newline).toMatchObject({ verdict: 'pass', unclassified: '0' })
})

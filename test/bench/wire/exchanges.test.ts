import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { ourExchanges } from '../../../bench/wire/ours.ts'
import { plainExchanges } from '../../../bench/wire/plain.ts'
import { answering, closedPort } from '../../evidence/probe/support/servers.ts'

describe.each([
  ['the prober', ourExchanges],
  ['the plain client', plainExchanges],
])('%s', (_, exchange) => {
  test('makes as many exchanges as the round says, no more at a time, and sends the line', async () => {
    const replyCounts: string[] = []
    let open = 0
    let most = 0
    const server = await answering((socket, data) => {
      replyCounts.push(data.toString())
      open += 1
      most = Math.max(most, open)
      socket.once('close', () => {
        open -= 1
      })
      socket.once('end', () => socket.end())
      // Others may come before this one is answered.
      setImmediate(() => socket.write('one hello\n'))
    })
    const round = { host: '127.0.0.1', port: server.port, connections: 50, inFlight: 4 }
    expect(await exchange(round)).toBe(0)
    await server.allClosed()
    expect(replyCounts).toEqual(Array(50).fill('hello\n'))
    expect(most).toBeGreaterThan(1)
  })

  test('counts what is not answered by a line as an error', async () => {
    let count = 0
    const server = await answering((socket: Socket) => {
      count += 1
      if (count % 2 === 0) socket.end('one hello\n')
      else socket.resetAndDestroy()
    })
    const round = { host: '127.0.0.1', port: server.port, connections: 10, inFlight: 2 }
    expect(await exchange(round)).toBe(5)
    expect(await exchange({ ...round, port: await closedPort() })).toBe(10)
  })
})

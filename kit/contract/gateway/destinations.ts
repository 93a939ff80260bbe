import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import { ask, counts, openConnection, prefixes, type ReplyCounts } from '../../sandbox/talk.ts'
import { GROUP } from '../api/objects.ts'
import { hitsWithin } from '../binomial.ts'
import type { Split } from '../subject.ts'
import { lendSpec, type Mesh, rule, write } from './mesh.ts'

const SURPRISE = 1e-6
const LOST: readonly ReplyCounts['ended'][] = ['closed', 'ECONNRESET']
const RULE = `/apis/${GROUP}/v1/namespaces/demo/destinationrules/tcp-echo-destination`

export function testDestinations(mesh: () => Mesh): void {
  const to = (destination: JsonObject): Json => ({ route: [{ destination }] })

  describe('a dead destination', () => {
    test('loses exactly its share of the connections, which end without a reply', async () => {
      const { kill, serves, gateway } = mesh()
      await write(mesh(), rule({ v1: 80, v2: 20 }))
      await serves({ v1: 80, v2: 20 })
      const revive = await kill('v2')
      onTestFinished(revive)
      const connections = 500
      const { one = 0, '': lost = 0, ...others } = await counts(gateway, connections)
      expect(others).toEqual({})
      expect(one + lost).toBe(connections)
      const { least, most } = hitsWithin(connections, 0.2, SURPRISE)
      expect(lost).toBeGreaterThanOrEqual(least)
      expect(lost).toBeLessThanOrEqual(most)
    })

    test('has its connections accepted and then closed or reset', async () => {
      const { kill, serves, gateway } = mesh()
      await write(mesh(), rule({ v2: 100 }))
      await serves({ v2: 100 })
      const revive = await kill('v2')
      onTestFinished(revive)
      for (let tried = 0; tried < 20; tried += 1) {
        const { text, ended } = await ask(gateway)
        expect(text).toBe('')
        expect(LOST).toContain(ended)
      }
      await revive()
      expect((await ask(gateway)).text).toBe('two hello\n')
    })

    test('loses the reply only, because the connection was accepted before', async () => {
      const { kill, serves, gateway } = mesh()
      await write(mesh(), rule({ v2: 100 }))
      await serves({ v2: 100 })
      onTestFinished(await kill('v2'))
      const accepted = await new Promise((resolve) => {
        const socket = connect(gateway)
        socket.on('connect', () => resolve(true))
        socket.on('error', () => resolve(false))
        socket.on('close', () => resolve(false))
        onTestFinished(() => {
          socket.destroy()
        })
      })
      expect(accepted).toBe(true)
    })
  })

  describe('a destination', () => {
    test.each<[string, Json, Split]>([
      ['of a subset that no DestinationRule defines', rule({ v9: undefined }), { v9: 100 }],
      [
        'of a host that no Service has',
        to({ host: 'none', port: { number: 9000 } }),
        { none: 100 },
      ],
      [
        'of a port that the Service lacks',
        to({ host: 'tcp-echo', port: { number: 9001 } }),
        { 'tcp-echo': 100 },
      ],
    ])('%s accepts and closes', async (_, tcp, split) => {
      const { serves, gateway } = mesh()
      await write(mesh(), tcp)
      await serves(split)
      const { text, ended } = await ask(gateway)
      expect(text).toBe('')
      expect(LOST).toContain(ended)
    })

    test('of a subset whose labels no Pod has accepts the connection and closes it', async () => {
      const { gateway } = mesh()
      const subsets = ['v1', 'v2'].map((name) => ({ name, labels: { version: `${name}-none` } }))
      await lendSpec(mesh(), RULE, 'subsets', subsets)
      await expect.poll(async () => (await ask(gateway)).text, { timeout: 10_000 }).toBe('')
      expect(LOST).toContain((await ask(gateway)).ended)
    })

    test('without a subset uses the Pods of all versions in turn', async () => {
      const { serves, gateway } = mesh()
      await write(mesh(), to({ host: 'tcp-echo', port: { number: 9000 } }))
      await serves({ 'tcp-echo': 100 })
      const found = await prefixes(gateway, 40)
      expect(new Set(found)).toEqual(new Set(['one', 'two']))
    })

    test.each<[string, JsonObject]>([
      ['without a port has the only one of its Service', { host: 'tcp-echo', subset: 'v2' }],
      [
        'by its whole name is the same',
        { host: 'tcp-echo.demo.svc.cluster.local', port: { number: 9000 }, subset: 'v2' },
      ],
    ])('%s', async (_, destination) => {
      const { serves, gateway } = mesh()
      await write(mesh(), to(destination))
      await serves({ v2: 100 })
      expect((await ask(gateway)).text).toBe('two hello\n')
    })
  })

  describe('a connection', () => {
    test('is answered line by line while it is open', async () => {
      const connection = await openConnection(mesh().gateway)
      expect(await connection.say('a\n')).toBe('one a\n')
      expect(await connection.say('b\n')).toBe('one b\n')
      connection.socket.destroy()
    })

    test('that the client has half closed is answered, and then closed', async () => {
      const { socket, closed } = await openConnection(mesh().gateway)
      let replyCounts = ''
      socket.on('data', (text) => {
        replyCounts += text
      })
      socket.end('bye\n')
      await closed
      expect(replyCounts).toBe('one bye\n')
    })

    test('without a complete line is not answered', async () => {
      const { socket, closed } = await openConnection(mesh().gateway)
      let replyCounts = ''
      socket.on('data', (text) => {
        replyCounts += text
      })
      socket.end('bye')
      await closed
      expect(replyCounts).toBe('')
    })
  })
}

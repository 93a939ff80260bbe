import { describe, expect, test } from 'vitest'
import { type Json, textAt } from '../../../sandbox/objects/json.ts'
import { ask } from '../../sandbox/talk.ts'
import { newName } from '../api/objects.ts'
import { addRoute, lendSpec, type Mesh, openPorts, ROUTE, rule, SPARE_PORT, write } from './mesh.ts'

const ATTEMPTS = 20

export function testRules(mesh: () => Mesh): void {
  const served = async (port = mesh().gateway.port) => {
    const { text, ended } = await ask({ ...mesh().gateway, port })
    return text === '' ? ended : text.split(' ')[0]
  }
  const v1 = { v1: undefined }
  const v2 = { v2: undefined }
  const port = { port: 31400 }

  describe('the rule that a connection takes', () => {
    test.each<[string, Json[]]>([
      ['the first of two that fit', [rule(v2, port), rule(v1, port)]],
      ['the first that fits', [rule(v1, { port: 9999 }), rule(v2, port), rule(v1)]],
      ['one that fits all, where it comes first', [rule(v2), rule(v1, port)]],
      ['one of which any match fits', [rule(v2, { port: 1 }, port), rule(v1, port)]],
      ['one with an empty match', [rule(v2, {}), rule(v1, port)]],
      [
        'one that names the gateway, by its short name',
        [rule(v1, { ...port, gateways: ['mesh'] }), rule(v2, { gateways: ['tcp-echo-gateway'] })],
      ],
      [
        'one that names the gateway with its namespace',
        [
          rule(v1, { gateways: ['other/tcp-echo-gateway'] }),
          rule(v2, { gateways: ['demo/tcp-echo-gateway'] }),
        ],
      ],
      [
        'one whose match has more than port and gateway, because a gateway ignores the rest',
        [
          rule(v2, {
            ...port,
            destinationSubnets: ['203.0.113.0/24'],
            sourceLabels: { app: 'other' },
            sourceNamespace: 'other',
          }),
          rule(v1, port),
        ],
      ],
    ])('is %s', async (_, tcp) => {
      await write(mesh(), ...tcp)
      await mesh().serves({ v2: 100 })
      expect(await served()).toBe('two')
    })

    test('does not exist where no match fits, and the port is closed', async () => {
      await write(mesh(), rule(v1, { port: 9999 }))
      await mesh().serves(undefined)
      expect(await served()).toBe('ECONNREFUSED')
    })

    test('is in the oldest VirtualService, whatever its name', async () => {
      const { admin, serves } = mesh()
      const { body, headers } = await admin.call('GET', ROUTE)
      let date = headers.date
      // Ages have whole seconds.
      while (
        Date.parse(date ?? '') <= Date.parse(textAt(body, 'metadata', 'creationTimestamp') ?? '')
      )
        date = (await admin.call('GET', '/version')).headers.date
      await openPorts(mesh(), SPARE_PORT)
      await addRoute(mesh(), 'a-younger-one', rule(v2))
      // What the younger one has alone shows that it was taken in.
      await serves({ v2: 100 }, SPARE_PORT)
      expect(await served(SPARE_PORT)).toBe('two')
      expect(await served()).toBe('one')
    })

    test('is in the first VirtualService by name, of two created in the same second', async () => {
      await openPorts(mesh(), SPARE_PORT)
      for (let tried = 0; tried < ATTEMPTS; tried += 1) {
        const name = newName()
        const later = await addRoute(mesh(), `${name}-z`, rule(v1, { port: SPARE_PORT }))
        const first = await addRoute(mesh(), `${name}-a`, rule(v2, { port: SPARE_PORT }))
        const madeAt = (object: Json) => textAt(object, 'metadata', 'creationTimestamp')
        if (madeAt(first) !== madeAt(later)) continue
        await mesh().serves({ [tried === 0 ? 'v2' : 'v1']: 100 }, SPARE_PORT)
        expect(await served(SPARE_PORT)).toBe(tried === 0 ? 'two' : 'one')
        return
      }
      expect.unreachable('no two were made in the same second')
    })
  })

  describe('a port', () => {
    test('that no Gateway names is refused', async () => {
      expect(await served(31409)).toBe('ECONNREFUSED')
    })

    test('of a Gateway is opened with the first route to it, and closed with the last', async () => {
      const { serves } = mesh()
      await openPorts(mesh(), SPARE_PORT)
      await serves(undefined, SPARE_PORT)
      expect(await served(SPARE_PORT)).toBe('ECONNREFUSED')
      await write(mesh(), rule(v1, port), rule(v2, { port: SPARE_PORT }))
      await serves({ v2: 100 }, SPARE_PORT)
      expect(await served(SPARE_PORT)).toBe('two')
      expect(await served()).toBe('one')
      await write(mesh(), rule(v1, port))
      await serves(undefined, SPARE_PORT)
      expect(await served(SPARE_PORT)).toBe('ECONNREFUSED')
    })

    test('is refused while the route names another gateway', async () => {
      await lendSpec(mesh(), ROUTE, 'gateways', ['other'])
      await mesh().serves(undefined)
      expect(await served()).toBe('ECONNREFUSED')
    })
  })
}

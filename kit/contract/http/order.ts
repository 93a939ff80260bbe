import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { get, HOST, lendObject, says, serveRules } from './mesh.ts'

/** Facts about which of several rules, in one VirtualService or more, gets a request. */
export function testOrder(mesh: () => Mesh): void {
  describe('the rule that a request takes', () => {
    const served = async (...rules: readonly Json[]) => {
      await serveRules(mesh(), ...rules)
      return (await get(mesh(), '/a/b', { headers: [['x-kind', 'one']] })).body
    }

    test('is the first that fits, not the one that fits best', async () => {
      const shorter = says('first', { uri: { prefix: '/a' } })
      const longer = says('second', { uri: { prefix: '/a/b' } })
      expect(await served(says('other', { uri: { prefix: '/b' } }), shorter, longer)).toBe('first')
    })

    test('is one of which any match fits', async () => {
      const rule = says(
        'yes',
        { uri: { exact: '/c' } },
        { headers: { 'x-kind': { exact: 'one' } } },
      )
      expect(await served(rule, says('no'))).toBe('yes')
    })

    test('is never one behind a rule without a match', async () => {
      expect(await served(says('all'), says('later', { uri: { prefix: '/a' } }))).toBe('all')
    })

    test('is none where no match fits, which is answered with 404', async () => {
      await serveRules(mesh(), says('no', { uri: { prefix: '/z' } }))
      const { status, body, headers } = await get(mesh(), '/a/b')
      expect({ status, body }).toEqual({ status: 404, body: '' })
      expect(headers).toMatchObject({ server: 'istio-envoy', 'content-length': '0' })
      expect(headers).not.toHaveProperty('x-envoy-upstream-service-time')
    })
  })

  describe('of several VirtualServices for a host,', () => {
    const another = (...rules: readonly JsonObject[]) =>
      lendObject(mesh(), 'VirtualService', {
        hosts: [HOST],
        gateways: ['web-gateway'],
        http: [...rules],
      })

    test('the rules are joined, those of the oldest first', async () => {
      await another(
        says('young /a', { uri: { prefix: '/a' } }),
        says('young /b', { uri: { prefix: '/b' } }),
      )
      await serveRules(mesh(), says('old /a', { uri: { prefix: '/a' } }))
      expect((await get(mesh(), '/a')).body).toBe('old /a')
      expect((await get(mesh(), '/b')).body).toBe('young /b')
    })

    test('a rule that takes every request comes last, even if its object is the oldest', async () => {
      await another(says('young /a', { uri: { prefix: '/a' } }), says('young'))
      await serveRules(mesh(), says('old'))
      expect((await get(mesh(), '/a')).body).toBe('young /a')
      expect((await get(mesh(), '/b')).body).toBe('old')
    })

    test('one for a wider host counts only where the narrower ones do not cover the host', async () => {
      const wide = (host: string, text: string) =>
        lendObject(mesh(), 'VirtualService', {
          hosts: [host],
          gateways: ['web-gateway'],
          http: [says(text)],
        })
      await wide('*.example.com', 'wide')
      await wide('*.deep.example.com', 'deep')
      await serveRules(mesh(), says('own', { uri: { prefix: '/a' } }))
      const bodyOf = async (host: string) => (await get(mesh(), '/b', { host })).status
      expect((await get(mesh(), '/a', { host: 'WEB.example.com:1234' })).body).toBe('own')
      expect(await bodyOf(HOST)).toBe(404)
      expect((await get(mesh(), '/b', { host: 'x.example.com' })).body).toBe('wide')
      expect((await get(mesh(), '/b', { host: 'x.deep.example.com' })).body).toBe('deep')
      expect(await bodyOf('example.com')).toBe(404)
    })
  })

  describe('a rule that delegates to another VirtualService', () => {
    const delegate = async (http: readonly JsonObject[], spec: JsonObject = {}) =>
      lendObject(mesh(), 'VirtualService', { http: [...http], ...spec })
    const rule = (name: string, ...match: readonly JsonObject[]): JsonObject => ({
      ...(match.length === 0 ? {} : { match: [...match] }),
      delegate: { name, namespace: 'demo' },
      headers: { response: { set: { 'x-from': 'root' } } },
    })
    const ask = async (path: string) => {
      const { status, body, headers } = await get(mesh(), path)
      return status === 404 ? 404 : `${body} ${headers['x-from'] ?? ''}`
    }

    test('has its rules, as far as their matches are within its own', async () => {
      const name = await delegate([
        says('a', { uri: { prefix: '/a/a' } }),
        says('b', { uri: { exact: '/a/b' } }),
        says('outside', { uri: { prefix: '/b' } }),
        { ...says('rest'), headers: { response: { set: { 'x-from': 'leaf' } } } },
      ])
      await serveRules(mesh(), rule(name, { uri: { prefix: '/a' } }), says('root'))
      expect(await ask('/a/a')).toBe('a root')
      expect(await ask('/a/b')).toBe('b root')
      expect(await ask('/a/c')).toBe('rest leaf')
      expect(await ask('/b')).toBe('root ')
    })

    test('has none where the other is not exported to its namespace, or is missing', async () => {
      const name = await delegate([says('a')], { exportTo: ['istio-system'] })
      await serveRules(mesh(), rule(name, { uri: { prefix: '/a' } }), rule('missing'))
      expect(await ask('/a')).toBe(404)
    })
  })
}

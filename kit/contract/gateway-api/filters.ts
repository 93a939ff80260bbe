import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import { echoedIn } from '../../sandbox/talk-http.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { ask, lendHttp, newHost, to } from './mesh.ts'

const response = (modifier: JsonObject): JsonObject => ({
  type: 'ResponseHeaderModifier',
  responseHeaderModifier: modifier,
})
const sets = (value: string): JsonObject => response({ set: [{ name: 'x-chosen', value }] })
const below = (value: string): JsonObject[] => [{ path: { type: 'PathPrefix', value } }]

export function testFilters(mesh: () => Mesh): void {
  describe('a filter', () => {
    test('of a backend sets a header of the replies that come from there', async () => {
      const host = newHost()
      const backendRefs = ['v1', 'v2'].map((version) =>
        to(version, { weight: 50, filters: [sets(version)] }),
      )
      await lendHttp(mesh(), host, [{ backendRefs }])
      const replies = await Promise.all(Array.from({ length: 40 }, () => ask(mesh(), host)))
      const chosen = replies.map(({ body, headers }) => [
        mesh().web.versionOf(body),
        headers['x-chosen'],
      ])
      expect(chosen.every(([version, header]) => version === header)).toBe(true)
      expect(new Set(chosen.flat())).toEqual(new Set(['v1', 'v2']))
    })

    test('of a single backend sets a header of every reply', async () => {
      const host = newHost()
      await lendHttp(mesh(), host, [{ backendRefs: [to('v1', { filters: [sets('one')] })] }])
      expect((await ask(mesh(), host)).headers['x-chosen']).toBe('one')
    })

    test('of an invalid backend sets a header of the 500 that stands for it', async () => {
      const host = newHost()
      const backend = { name: 'missing', port: 80, weight: 1, filters: [sets('missing')] }
      await lendHttp(mesh(), host, [
        { backendRefs: [to('v1', { filters: [sets('v1')] }), backend] },
      ])
      const replies = await Promise.all(Array.from({ length: 40 }, () => ask(mesh(), host)))
      const failed = replies.filter(({ status }) => status === 500)
      expect(failed.length).toBeGreaterThan(0)
      for (const { headers } of failed) expect(headers['x-chosen']).toBe('missing')
    })

    test('of a rule outweighs that of a backend', async () => {
      const host = newHost()
      const backendRefs = [
        to('v1', { filters: [sets('backend')] }),
        to('v2', { filters: [sets('backend')] }),
      ]
      await lendHttp(mesh(), host, [{ filters: [sets('rule')], backendRefs }])
      expect((await ask(mesh(), host)).headers['x-chosen']).toBe('rule')
    })

    test('of a single backend outweighs that of its rule', async () => {
      const host = newHost()
      const backendRefs = [
        to('v1', { filters: [sets('backend')] }),
        to('v2', { weight: 0, filters: [sets('other')] }),
      ]
      await lendHttp(mesh(), host, [{ filters: [sets('rule')], backendRefs }])
      expect((await ask(mesh(), host)).headers['x-chosen']).toBe('backend')
    })

    test('changes headers of requests', async () => {
      const host = newHost()
      const requestHeaderModifier = {
        set: [{ name: 'x-set', value: 'new' }],
        add: [{ name: 'x-added', value: 'more' }],
        remove: ['x-gone'],
      }
      const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier }]
      await lendHttp(mesh(), host, [{ filters, backendRefs: [to('v1')] }])
      const { body } = await ask(mesh(), host, {
        headers: [
          ['x-set', 'old'],
          ['x-gone', 'yes'],
        ],
      })
      const { headers } = echoedIn(body)
      expect(headers).toMatchObject({ 'x-set': 'new', 'x-added': 'more' })
      expect(headers).not.toHaveProperty('x-gone')
    })

    test.each<[string, JsonObject, string, string]>([
      [
        'in place of its prefix',
        { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' },
        '/old/x?q=1',
        '/new/x?q=1',
      ],
      [
        'without its prefix',
        { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' },
        '/old/x',
        '/x',
      ],
      [
        'without anything but a slash',
        { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' },
        '/old',
        '/',
      ],
      ['as a whole', { type: 'ReplaceFullPath', replaceFullPath: '/all' }, '/old/x', '/all'],
    ])('rewrites a path %s', async (_, path, asked, got) => {
      const host = newHost()
      const filters = [{ type: 'URLRewrite', urlRewrite: { hostname: 'inner.example.com', path } }]
      await lendHttp(mesh(), host, [{ matches: below('/old'), filters, backendRefs: [to('v1')] }])
      const { body } = await ask(mesh(), host, { path: asked })
      expect(echoedIn(body)).toMatchObject({ path: got, host: 'inner.example.com' })
    })

    test('redirects', async () => {
      const host = newHost()
      const requestRedirect = {
        scheme: 'https',
        hostname: 'other.example.com',
        port: 444,
        path: { type: 'ReplaceFullPath', replaceFullPath: '/new' },
        statusCode: 301,
      }
      const filters = [{ type: 'RequestRedirect', requestRedirect }]
      await lendHttp(mesh(), host, [{ matches: below('/old'), filters }])
      const { status, headers } = await ask(mesh(), host, { path: '/old/x' })
      expect(status).toBe(301)
      expect(headers.location).toBe('https://other.example.com:444/new')
    })
  })
}

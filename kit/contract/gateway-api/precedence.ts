import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import type { HttpAsk } from '../../sandbox/talk-http.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { becomesOlder, leads, lendHttp, newHost, served } from './mesh.ts'

const prefix = (value: string): JsonObject => ({ path: { type: 'PathPrefix', value } })
const exact = (value: string): JsonObject => ({ path: { type: 'Exact', value } })
const regex = (value: string): JsonObject => ({ path: { type: 'RegularExpression', value } })
const header = (name: string, value = 'a'): JsonObject => ({ name, value })

export function testPrecedence(mesh: () => Mesh): void {
  describe('of the rules of an HTTPRoute, a request takes', () => {
    const headers = [
      ['x-a', 'a'],
      ['x-b', 'a'],
    ] as const
    test.each<[string, JsonObject, JsonObject, Partial<HttpAsk>]>([
      ['an exact path before a prefix', prefix('/a/b'), exact('/a/b'), { path: '/a/b' }],
      ['the longer prefix', prefix('/a'), prefix('/a/b'), { path: '/a/b/c' }],
      [
        'a prefix only where an element of the path ends',
        prefix('/a/b'),
        prefix('/a'),
        { path: '/a/bc' },
      ],
      ['a prefix without its last slash', prefix('/'), prefix('/a/'), { path: '/a' }],
      ['a prefix before an expression', regex('/a/.*'), prefix('/a'), { path: '/a/b' }],
      [
        'an expression that fits all of the path',
        regex('/a'),
        regex('/a/[bc]+'),
        { path: '/a/bc' },
      ],
      [
        'the longer path before the method',
        { ...prefix('/a'), method: 'GET' },
        prefix('/a/b'),
        { path: '/a/b' },
      ],
      [
        'a method before headers',
        { ...prefix('/a'), headers: [header('x-a'), header('x-b')] },
        { ...prefix('/a'), method: 'GET' },
        { path: '/a', headers },
      ],
      [
        'more headers before fewer',
        { ...prefix('/a'), headers: [header('x-a')], queryParams: [header('q', '1')] },
        { ...prefix('/a'), headers: [header('x-a'), header('x-b')] },
        { path: '/a?q=1', headers },
      ],
      [
        'query parameters before none',
        prefix('/a'),
        { ...prefix('/a'), queryParams: [header('q', '1')] },
        { path: '/a?q=1' },
      ],
    ])('%s', async (_, other, taken, asked) => {
      const host = newHost()
      await lendHttp(mesh(), host, [leads('v1', other), leads('v2', taken)])
      expect(await served(mesh(), host, asked)).toBe('v2')
    })

    test('the first of equal ones', async () => {
      const host = newHost()
      await lendHttp(mesh(), host, [leads('v2', prefix('/a')), leads('v1', prefix('/a'))])
      expect(await served(mesh(), host, { path: '/a' })).toBe('v2')
    })

    test('the best of all matches, each of which stands for itself', async () => {
      const host = newHost()
      const rules = [leads('v1', prefix('/a'), exact('/a/b/c')), leads('v2', prefix('/a/b'))]
      await lendHttp(mesh(), host, rules)
      expect(await served(mesh(), host, { path: '/a/b' })).toBe('v2')
      expect(await served(mesh(), host, { path: '/a/b/c' })).toBe('v1')
    })

    test('a rule for all requests before an expression, which it never reaches', async () => {
      const host = newHost()
      await lendHttp(mesh(), host, [leads('v1', regex('/a')), leads('v2', prefix('/'))])
      expect(await served(mesh(), host, { path: '/a' })).toBe('v2')
    })

    test('an expression before a prefix whose other conditions do not hold', async () => {
      const host = newHost()
      const other = { ...prefix('/a'), headers: [header('x-a')] }
      await lendHttp(mesh(), host, [leads('v1', other), leads('v2', regex('/a'))])
      expect(await served(mesh(), host, { path: '/a' })).toBe('v2')
    })

    test('none where no match fits, and gets a 404', async () => {
      const host = newHost()
      await lendHttp(mesh(), host, [leads('v1', prefix('/a'))])
      expect(await served(mesh(), host, { path: '/b' })).toBe(404)
    })
  })

  describe('of several HTTPRoutes for a host, a request takes', () => {
    test('the rule with the better match, whatever the age of its route', async () => {
      const host = newHost()
      await lendHttp(mesh(), host, [leads('v1', prefix('/a'))])
      await lendHttp(mesh(), host, [leads('v2', prefix('/a/b'))])
      expect(await served(mesh(), host, { path: '/a/b' })).toBe('v2')
      expect(await served(mesh(), host, { path: '/a/c' })).toBe('v1')
    })

    test('the more specific host, whatever the match', async () => {
      const host = newHost()
      const wildcard = `*.${host}`
      await lendHttp(mesh(), wildcard, [leads('v1', exact('/a/b'))])
      await lendHttp(mesh(), `any.${host}`, [leads('v2', prefix('/'))])
      expect(await served(mesh(), `any.${host}`, { path: '/a/b' })).toBe('v2')
      expect(await served(mesh(), `other.${host}`, { path: '/a/b' })).toBe('v1')
    })

    test('none of a wider host where no rule of its own host fits, and gets a 404', async () => {
      const host = newHost()
      await lendHttp(mesh(), `*.${host}`, [leads('v1', prefix('/'))])
      await lendHttp(mesh(), `any.${host}`, [leads('v2', prefix('/a'))])
      expect(await served(mesh(), `any.${host}`, { path: '/b' })).toBe(404)
      expect(await served(mesh(), `other.${host}`, { path: '/b' })).toBe('v1')
    })

    test('the oldest of equal ones', async () => {
      const host = newHost()
      const older = await lendHttp(mesh(), host, [leads('v2', prefix('/a'))])
      await becomesOlder(mesh(), older.path)
      await lendHttp(mesh(), host, [leads('v1', prefix('/a'))])
      expect(await served(mesh(), host, { path: '/a' })).toBe('v2')
    })
  })
}

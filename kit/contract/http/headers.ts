import { beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import { echoedIn } from '../../sandbox/talk-http.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { get, HOST, serveRules, to } from './mesh.ts'

const CHANGES = (by: string): JsonObject => ({
  request: { set: { 'x-set': by, 'x-sent': by }, add: { 'x-add': by, 'x-many': by } },
  response: { set: { 'x-set': by, server: by }, add: { 'x-add': by } },
})

/** A rule with these changes of the rule and of its destinations, which all lead to v1. */
function changing(rule: JsonObject, ...destinations: readonly JsonObject[]): JsonObject {
  const weight = destinations.length > 1 ? { weight: 50 } : {}
  return { headers: rule, route: destinations.map((headers) => to('v1', { headers, ...weight })) }
}

export function testHeaders(mesh: () => Mesh): void {
  const [rule, destination] = [CHANGES('rule'), CHANGES('destination')]
  const removing = { response: { remove: ['x-set'] }, request: { remove: ['x-sent', 'x-set'] } }
  const rules: Record<string, JsonObject> = {
    one: changing(rule, destination),
    two: changing(rule, destination, destination),
    removed: changing(removing, destination, destination),
    host: {
      route: [to('v1', { headers: { request: { set: { host: 'set.example.com' } } } })],
    },
    authority: { rewrite: { authority: 'new.example.com' }, route: [to('v1')] },
    prefix: { rewrite: { uri: '/' }, route: [to('v1')] },
    regex: {
      rewrite: { uriRegexRewrite: { match: '^/headers/regex/([a-z]+)', rewrite: '/to/\\1' } },
      route: [to('v1')],
    },
  }
  const ask = async (name: string, path = '/x?a=b') => {
    const { headers, body } = await get(mesh(), `/headers/${name}${path}`, {
      headers: [
        ['x-sent', 'client'],
        ['x-many', 'client'],
      ],
    })
    return { headers, echoed: echoedIn(body) }
  }

  describe('headers', () => {
    beforeAll(() =>
      serveRules(
        mesh(),
        {
          match: [{ uri: { exact: '/headers/exact' } }],
          rewrite: { uri: '/e' },
          route: [to('v1')],
        },
        ...Object.entries(rules).map(
          ([name, each]): Json => ({
            match: [{ uri: { prefix: `/headers/${name}/` } }],
            ...each,
          }),
        ),
      ),
    )

    test('of a single destination are changed after those of its rule', async () => {
      const { headers, echoed } = await ask('one')
      expect(headers).toMatchObject({ 'x-set': 'destination', 'x-add': 'rule, destination' })
      expect(echoed.headers).toMatchObject({
        'x-set': 'destination',
        'x-sent': 'destination',
        'x-add': expect.stringMatching(/^rule, ?destination$/),
        'x-many': expect.stringMatching(/^client, ?rule, ?destination$/),
      })
    })

    test('of one of several destinations are changed before those of its rule', async () => {
      const { headers, echoed } = await ask('two')
      expect(headers).toMatchObject({ 'x-set': 'rule', 'x-add': 'destination, rule' })
      expect(echoed.headers).toMatchObject({
        'x-set': 'rule',
        'x-sent': 'rule',
        'x-add': expect.stringMatching(/^destination, ?rule$/),
      })
    })

    test('that a rule removes are gone even if one of several destinations sets them', async () => {
      const { headers, echoed } = await ask('removed')
      expect(headers).not.toHaveProperty('x-set')
      expect(headers).toHaveProperty('x-add', 'destination')
      expect(echoed.headers).not.toHaveProperty('x-set')
      expect(echoed.headers).not.toHaveProperty('x-sent')
    })

    test('cannot change the name of the server', async () => {
      expect((await ask('one')).headers.server).toBe('istio-envoy')
    })

    test('set the host of a request, and a rewrite does', async () => {
      expect((await ask('host')).echoed.host).toBe('set.example.com')
      expect((await ask('authority')).echoed.host).toBe('new.example.com')
      expect((await ask('prefix')).echoed.host).toBe(HOST)
    })

    test('say from where and how a request came', async () => {
      const { headers } = (await ask('prefix')).echoed
      expect(headers).toMatchObject({ 'x-forwarded-proto': 'http' })
      expect(headers).toHaveProperty('x-forwarded-for')
      expect(headers).toHaveProperty('x-request-id')
    })
  })

  describe('a rewrite of the path', () => {
    test.each([
      ['replaces a prefix', 'prefix', '/x?a=b', '/x?a=b'],
      ['replaces all of an exact path', 'exact', '?a=b', '/e?a=b'],
      ['replaces what a regular expression matches', 'regex', '/abc/d?a=b', '/to/abc/d?a=b'],
    ])('%s, and keeps the query', async (_, name, path, expected) => {
      expect((await ask(name, path)).echoed.path).toBe(expected)
    })
  })
}

import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { kindOf } from '../../../src/routes/kinds.ts'
import type { ProbeRequest } from '../../../src/routes/probe-request.ts'
import { only } from '../support/objects.ts'
import { backend, matching, onPath, request, routeOf, rulesIn } from './support/routes.ts'

function unmet(matches: JsonObject[], sent: ProbeRequest, hostnames?: string[]) {
  const object = routeOf([matching(matches)], hostnames ? { hostnames } : {})
  return kindOf(object).unmetConditions(only(rulesIn(object)), sent)
}

test('A request that meets a rule lacks nothing', () => {
  expect(unmet([onPath('/a')], request('/a'))).toEqual([])
})

test('What a request lacks is said condition by condition, with a value that would do', () => {
  const match = {
    ...onPath('/api'),
    method: 'PUT',
    headers: [{ name: 'x-canary', value: 'yes' }],
    queryParams: [{ name: 'v', type: 'RegularExpression', value: '\\d' }],
  }
  expect(unmet([match], request('/'), ['*.example.org', 'example.net'])).toEqual([
    { part: 'host', what: 'host *.example.org or example.net', example: 'example.net' },
    { part: 'path', what: 'path that begins with /api', example: '/api' },
    { part: 'method', what: 'method PUT', example: 'PUT' },
    { part: 'header', name: 'x-canary', what: 'header x-canary yes', example: 'yes' },
    { part: 'query', name: 'v', what: 'query parameter v that matches \\d' },
  ])
})

test('Of several matches, that counts of which the least is lacking', () => {
  const far = { ...onPath('/b'), method: 'PUT' }
  expect(unmet([far, onPath('/a', 'Exact')], request('/'))).toEqual([
    { part: 'path', what: 'path /a', example: '/a' },
  ])
})

test('A request to another listener lacks nothing of the rule itself', () => {
  expect(unmet([onPath('/a')], request('/', { gateway: 'demo/other' }))).toEqual([])
})

test('A connection lacks the name of a TLSRoute', () => {
  const object = routeOf([{ backendRefs: [backend('v1')] }], {
    kind: 'TLSRoute',
    hostnames: ['a.example'],
  })
  const sent = { gateway: 'demo/edge', port: 443, protocol: 'tls', sni: 'b.example' } as const
  expect(kindOf(object).unmetConditions(only(rulesIn(object)), sent)).toEqual([
    { part: 'host', what: 'host a.example', example: 'a.example' },
  ])
})

import { describe, expect, test } from 'vitest'
import { edit, sentences } from '../../kit/manifest/edit.ts'
import type { RouteSelector, Wanted } from '../../src/routes/wanted.ts'
import { KINDS, type RouteKindName } from '../routes/gateway-api/support/routes.ts'

/** A manifest of a route as people write it: without what the API server fills in. */
function manifest(kind: RouteKindName, backends: string): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata:
  name: web
spec:
  parentRefs:
    - name: edge # the public one
  rules:
    - backendRefs:
${backends}`
}

function edited(
  kind: RouteKindName,
  text: string,
  wanted: Wanted,
  route: RouteSelector = { kind: 'any' },
): string {
  const result = edit(text, wanted, route, { kind, namespace: 'demo', name: 'web' })
  return result.ok ? result.value : sentences(result.problems)
}

function toV2(percent: number, subset = 'v2'): Wanted {
  return { kind: 'weight', subset, percent }
}

describe.each(KINDS)('A %s in a file', (kind) => {
  test('gets new weights in place', () => {
    const text = (v1: number, v2: number) =>
      manifest(
        kind,
        `        - name: v1
          port: 80
          weight: ${v1} # stable
        - {name: v2, port: 80, weight: ${v2}}
`,
      )
    expect(edited(kind, text(90, 10), toV2(25))).toBe(text(75, 25))
    expect(edited(kind, text(90, 10), toV2(0.1))).toBe(text(999, 1))
  })

  test('gets weights where it has none, since each then counts as 1', () => {
    const text = (v1 = '', v2 = '') =>
      manifest(
        kind,
        `        - name: v1
          port: 80${v1}
        - {name: v2, port: 80${v2}}
`,
      )
    expect(edited(kind, text(), toV2(20))).toBe(text('\n          weight: 80', ', weight: 20'))
    expect(edited(kind, text(), { kind: 'weights', percents: { v1: 99, v2: 1 } })).toBe(
      text('\n          weight: 99'),
    )
  })

  test('gets a new backend in the style of the others', () => {
    const text = (weight = '', more = '') =>
      manifest(
        kind,
        `        - name: v1
          port: 80${weight}
${more}`,
      )
    const item = (place: string) => `        - ${place}
          weight: 20
`
    const first = '\n          weight: 80'
    const added = (subset: string) => edited(kind, text(), toV2(20, subset))
    expect(added('v2')).toBe(text(first, item('name: v2\n          port: 80')))
    expect(added('v2:81')).toBe(text(first, item('name: v2\n          port: 81')))
    expect(added('other/v2')).toContain('namespace: other')
  })

  test('gets the weight of a new backend written, also where it is the default', () => {
    const text = (weight: string, more = '') =>
      manifest(kind, `        - {name: v1, port: 80${weight}}\n${more}`)
    expect(edited(kind, text(''), toV2(0.1))).toBe(
      text(', weight: 999', '        - {name: v2, port: 80, weight: 1}\n'),
    )
  })

  test('is left alone where a weight is more than the API accepts', () => {
    const text = manifest(kind, '        - {name: v1, port: 80, weight: 1000001}\n')
    expect(edited(kind, text, toV2(20))).toContain('accepts a weight of at most 1,000,000.')
  })
})

test('A rule of an HTTPRoute in a file is chosen by its name or position', () => {
  const text = (a: string, b: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: demo}
spec:
  parentRefs: [{name: edge}]
  rules:
  - name: a
    matches: [{path: {value: /a}}]
    backendRefs: [{name: v1, port: 80, weight: ${a}}, {name: v2, port: 80, weight: 1}]
  - matches: [{path: {value: /b}}]
    backendRefs: [{name: v1, port: 80, weight: ${b}}, {name: v2, port: 80, weight: 1}]
`
  expect(edited('HTTPRoute', text('9', '9'), toV2(1), { kind: 'rule', text: 'a' })).toBe(
    text('99', '9'),
  )
  expect(edited('HTTPRoute', text('9', '9'), toV2(1), { kind: 'rule', index: 1 })).toBe(
    text('9', '99'),
  )
  expect(edited('HTTPRoute', text('9', '9'), toV2(1))).toBe(
    `Several rules of HTTPRoute web fit. Set route to one of these:
  rule:a (path prefix /a, to v1, v2, at demo/edge)
  rule[1] (path prefix /b, to v1, v2, at demo/edge)`,
  )
})

test('An object of the same kind and name in another API group is not taken for the route', () => {
  const text = manifest('HTTPRoute', '        - {name: v1, port: 80}\n').replace(
    'gateway.networking.k8s.io/v1',
    'policy.linkerd.io/v1beta3',
  )
  expect(edited('HTTPRoute', text, toV2(20))).toContain(
    'It has an HTTPRoute web of another API group: policy.linkerd.io, not gateway.networking.k8s.io.',
  )
})

import { expect, test } from 'vitest'
import { sentences } from '../../../kit/manifest/edit.ts'
import { openManifest } from '../../../src/manifest/open-manifest.ts'
import { selectRule } from '../../../src/routes/select-rule.ts'
import type { RouteSelector } from '../../../src/routes/wanted.ts'
import { weighed } from '../../../src/routes/weights/weigh.ts'
import { planWeights } from '../../../src/routes/weights/weight-edit.ts'

const BASE = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{name: edge}]
  rules:
  - backendRefs: [{name: v1, port: 80}, {name: v2, port: 80, weight: 0}]
`

/** A Kustomization with these operations for the HTTPRoute shop. */
function kustomization(operations: string, resource = '../base/route.yaml', more = ''): string {
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [${resource}]
${more}patches:
- target: {group: gateway.networking.k8s.io, kind: HTTPRoute, name: shop}
  patch: |-
${operations.replaceAll(/^ {2}/gm, '    ')}`
}

/** The Kustomization after v2 got 20%, or the problem as text. */
function edited(
  text: string,
  files: Readonly<Record<string, string>> = {},
  route: RouteSelector = { kind: 'any' },
): string {
  const all: Readonly<Record<string, string>> = { '../base/route.yaml': BASE, ...files }
  const wanted = { kind: 'HTTPRoute', namespace: 'demo', name: 'shop' }
  const beside = { name: 'kustomization.yaml', read: (path: string) => all[path] }
  const opened = openManifest(text, wanted, beside)
  if (!opened.ok) return sentences(opened.problems)
  const rule = selectRule(opened.value.object, route)
  if (!rule.ok) return sentences(rule.problems)
  const plan = planWeights(rule.value, { kind: 'weight', subset: 'v2', percent: 20 })
  if (!plan.ok) return sentences(plan.problems)
  const after = opened.value.edit(rule.value, weighed(rule.value, plan.value, plan.value.target))
  return after.ok ? after.value : sentences(after.problems)
}

test('A patch that sets the weights of backends by their position is edited', () => {
  const text = (v1: number, v2: number) =>
    kustomization(`  - {op: add, path: /spec/rules/0/backendRefs/0/weight, value: ${v1}} # stable
  - {op: replace, path: /spec/rules/0/backendRefs/1/weight, value: ${v2}}
`)
  expect(edited(text(90, 10))).toBe(text(80, 20))
})

test('A weight of a backend that the patch does not set is shown as an operation to add', () => {
  const text = kustomization(
    '  - {op: replace, path: /spec/rules/0/backendRefs/1/weight, value: 10}\n',
  )
  expect(edited(text)).toContain('"path":"/spec/rules/0/backendRefs/0/weight","value":80')
})

test('A patch that writes all backends of a rule is edited without the resources', () => {
  const text = (v1: number, v2: number) =>
    kustomization(
      `  - op: replace
    path: /spec/rules/0/backendRefs
    value: [{name: v1, port: 80, weight: ${v1}}, {name: v2, port: 80, weight: ${v2}}]
`,
      'https://example.com/base',
    )
  expect(edited(text(90, 10))).toBe(text(80, 20))
})

test('A Kustomization with a transformer that sets labels in rules is not edited', () => {
  const setting = `  - {op: add, path: /spec/rules/0/backendRefs/0/weight, value: 90}
  - {op: replace, path: /spec/rules/0/backendRefs/1/weight, value: 10}
`
  const text = kustomization(setting, '../base/route.yaml', 'transformers: [labels.yaml]\n')
  const withFields = (path: string) => ({
    'labels.yaml': `apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {weight: a}\nfieldSpecs: [{path: ${path}}]\n`,
  })
  expect(edited(text, withFields('spec/rules/backendRefs'))).toContain(
    'has transformers, which may change the weights too.',
  )
  expect(edited(text, withFields('metadata/labels'))).toContain('value: 80}')
})

test('A patch is edited where the resource has the same backends in another rule by an alias', () => {
  const base = `${BASE.replace('backendRefs:', 'backendRefs: &backends')}  - {name: other, backendRefs: *backends, matches: [{path: {value: /x}}]}\n`
  const text = (v1: number, v2: number) =>
    kustomization(`  - {op: add, path: /spec/rules/0/backendRefs/0/weight, value: ${v1}}
  - {op: replace, path: /spec/rules/0/backendRefs/1/weight, value: ${v2}}
`)
  const files = { '../base/route.yaml': base }
  expect(edited(text(90, 10), files, { kind: 'rule', index: 0 })).toBe(text(80, 20))
})

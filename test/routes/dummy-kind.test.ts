import { afterAll, beforeAll, expect, test } from 'vitest'
import { edit } from '../../kit/manifest/edit.ts'
import { type JsonObject, numberAt, objectsAt, textAt } from '../../src/kube/json.ts'
import { pointer } from '../../src/kube/json-patch.ts'
import { findControllers } from '../../src/routes/controllers/find-controllers.ts'
import { kindOf, ROUTE_KINDS, rulesOf } from '../../src/routes/kinds.ts'
import { resourceOf } from '../../src/routes/object/read-route-object.ts'
import type { RouteKind } from '../../src/routes/route-kind.ts'
import { type Rule, withDestinations } from '../../src/routes/rule.ts'
import type { RuleFormat } from '../../src/routes/rule-format.ts'
import { findRule, keyOf } from '../../src/routes/rule-identity.ts'
import { selectRule } from '../../src/routes/select-rule.ts'
import { restoreOperation, weighed, weightOperations } from '../../src/routes/weights/weigh.ts'
import { planWeights } from '../../src/routes/weights/weight-edit.ts'
import { asWritten } from '../../src/routes/written-destinations.ts'
import { patched } from '../kube/support/apply-patch.ts'
import { parsedObject } from './support/objects.ts'

/** A kind whose API differs from Istio's wherever it can: other fields, another default weight, names for rules. */
const FORMAT: RuleFormat = {
  list: 'backends',
  weight: 'parts',
  missingWeight: 1,
  largestWeight: 1_000_000,
  onlyHasAll: false,
  hasSubsets: false,
  required: 'to',
  parse: (item) => ({
    forms: [textAt(item, 'to') ?? ''],
    host: textAt(item, 'to') ?? '',
    port: undefined,
    subset: undefined,
    weight: numberAt(item, 'parts'),
  }),
  serviceOf: ({ host }, namespace) => ({ namespace, name: host }),
  means: () => false,
  newDestination: (text) => ({ host: text }),
  howToAdd: () => ({ hint: '', remedy: '' }),
  uncopied: ['filters'],
  moved: (item, to) => ({ ...item, to: 'host' in to ? to.host : to.subset }),
}

const SPLITTER: RouteKind = {
  kind: 'Splitter',
  api: { group: 'example.com', plural: 'splitters', versions: ['v2', 'v1'] },
  kubectl: { one: 'splitter', list: 'splitters' },
  surroundings: {
    provider: 'Splitter',
    controlPlane: 'splitd',
    affinity: 'sticky splitters',
    encryption: 'their keys agree',
    limits: 'the splitter',
    filters: 'a filter',
    commands: () => ({
      proxies: 'splitctl',
      routes: 'kubectl get splitters',
      gateways: 'kubectl get edges',
    }),
  },
  ruleLists: ['rules'],
  fields: { hosts: 'hosts', gateways: 'edges', path: 'path' },
  route: { words: ['rule'], forms: 'rule:NAME' },
  rules: ({ spec }) =>
    objectsAt(spec, 'rules').map((rule, index): Rule => {
      const items = objectsAt(rule, 'backends')
      return {
        name: `rule:${textAt(rule, 'name')}`,
        position: `rule[${index}]`,
        protocol: 'http',
        index,
        identity: textAt(rule, 'name') ?? null,
        path: ['spec', 'rules', index],
        listeners: [{ gateway: 'demo/edge', port: 80 }],
        destinations: items.map(FORMAT.parse),
        written: asWritten(items),
        format: FORMAT,
      }
    }),
  boundGateways: () => ['demo/edge'],
  hit: () => ({ kind: 'none' }),
  unmetConditions: () => [],
  select: (rules) => rules,
  selectorOf: () => ({ kind: 'any' }),
  coveringRule: () => undefined,
  pathsOf: () => [],
  withDefaults: (identity) => identity,
  format: FORMAT,
  guard: ({ path, identity }) => [{ op: 'test', path: pointer(...path, 'name'), value: identity }],
  readBackends: async () => ({ labels: () => ({}), findings: [] }),
  preflightChecks: [],
  disturbs: () => undefined,
}

beforeAll(() => {
  ROUTE_KINDS.push(SPLITTER)
})
afterAll(() => {
  ROUTE_KINDS.splice(ROUTE_KINDS.indexOf(SPLITTER), 1)
})

const JSON_OBJECT: JsonObject = {
  apiVersion: 'example.com/v2',
  kind: 'Splitter',
  metadata: {
    namespace: 'demo',
    name: 'shop',
    uid: 'u',
    resourceVersion: '1',
    labels: { 'kapp.k14s.io/app': '1' },
  },
  spec: { rules: [{ name: 'main', backends: [{ to: 'old' }, { to: 'new', parts: 0 }] }] },
}

/** The only rule of the object, and the destinations that it is to get. */
function planned(percent: number, subset = 'new') {
  const object = parsedObject(JSON_OBJECT)
  const selected = selectRule(object, { kind: 'any' })
  if (!selected.ok) throw new Error(selected.problems[0]?.what)
  const rule = selected.value
  const plan = planWeights(rule, { kind: 'weight', subset, percent })
  if (!plan.ok) throw new Error(plan.problems[0]?.what)
  const weights = weighed(rule, plan.value, plan.value.target)
  return { object, rule, plan: plan.value, after: weights }
}

test('A new kind of route object takes one file and one line of the registry to be planned and patched', () => {
  const { object, rule, plan, after } = planned(20)
  expect(plan).toMatchObject({
    names: ['old', 'new'],
    presentShares: [1, 0],
    target: { parts: [80, 20], of: 100 },
  })
  const operations = [...kindOf(object).guard(rule), ...weightOperations(rule, after)]
  expect(operations).toEqual([
    { op: 'test', path: '/spec/rules/0/name', value: 'main' },
    { op: 'add', path: '/spec/rules/0/backends/0/parts', value: 80 },
    { op: 'replace', path: '/spec/rules/0/backends/1/parts', value: 20 },
  ])
  expect(resourceOf(object, 'v2')).toEqual({
    group: 'example.com',
    version: 'v2',
    plural: 'splitters',
    namespace: 'demo',
    name: 'shop',
  })
})

test('An object of the new kind is restored byte for byte, also after a destination was added', () => {
  for (const [percent, subset] of [
    [20, 'new'],
    [10, 'newest'],
  ] as const) {
    const { object, rule, after } = planned(percent, subset)
    const written = parsedObject(patched(JSON_OBJECT, weightOperations(rule, after)))
    const found = findRule(written, keyOf(object, rule))
    if (found === undefined) throw new Error('the rule is gone')
    expect(found).toEqual(withDestinations(rule, after))
    const restored = patched(written.raw, [restoreOperation(found, rule.written)])
    expect(JSON.stringify(restored)).toBe(JSON.stringify(JSON_OBJECT))
  }
})

test('A manifest of the new kind is edited in place', () => {
  const manifest = (v1: string, v2: string) => `apiVersion: example.com/v2
kind: Splitter
metadata: {name: shop}
spec:
  rules:
    - name: main # the only one
      backends:
        - to: old${v1}
        - {to: new, parts: ${v2}}
`
  const edited = edit(
    manifest('', '0'),
    { kind: 'weight', subset: 'new', percent: 20 },
    { kind: 'any' },
    { kind: 'Splitter', namespace: 'demo', name: 'shop' },
  )
  expect(edited).toEqual({ ok: true, value: manifest('\n          parts: 80', '20') })
})

test('A controller of the new kind is advised about its own fields', () => {
  const object = parsedObject(JSON_OBJECT)
  const [rule] = rulesOf(object)
  if (rule === undefined) throw new Error('there is no rule')
  expect(findControllers(object, rule, { context: undefined })[0]?.remedy).toContain(
    'path: [spec, rules, {allIndexes: true}, backends, {allIndexes: true}, parts]',
  )
})

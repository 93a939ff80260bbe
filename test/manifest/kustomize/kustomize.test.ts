import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { sentences } from '../../../kit/manifest/edit.ts'
import { openManifest } from '../../../src/manifest/open-manifest.ts'
import { parseRoute } from '../../../src/options/parse/route.ts'
import { parseNewDestination } from '../../../src/routes/istio/rules/destination-place.ts'
import { selectRule } from '../../../src/routes/select-rule.ts'
import { weighed } from '../../../src/routes/weights/weigh.ts'
import { planWeights } from '../../../src/routes/weights/weight-edit.ts'

type Files = Readonly<Record<string, string>>
type Wish = { subset?: string; percent?: number; route?: string; name?: string }

/** The text of one of the files after an edit, or the problems as text. */
function edited(files: Files, file: string, wish: Wish = {}): string {
  const { subset = 'v2', percent = 50, route, name = 'shop' } = wish
  const folder = path.dirname(file)
  const beside = {
    name: path.basename(file),
    read: (relative: string) => files[path.join(folder, relative)],
  }
  const wanted = { kind: 'VirtualService', namespace: 'demo', name }
  const opened = openManifest(files[file] ?? '', wanted, beside)
  if (!opened.ok) return sentences(opened.problems)
  const { object, unclear, edit } = opened.value
  const rule = selectRule(object, (route && parseRoute(route)) || { kind: 'any' })
  if (!rule.ok) return sentences(rule.problems)
  const problem = unclear(rule.value)
  if (problem) return sentences([problem])
  const place = parseNewDestination(subset)
  const plan = planWeights(rule.value, { kind: 'weight', subset, percent }, place)
  if (!plan.ok) return sentences(plan.problems)
  const after = edit(rule.value, weighed(rule.value, plan.value, plan.value.target))
  return after.ok ? after.value : sentences(after.problems)
}

const BASE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /}
  - name: main
    route:
    - destination: {host: shop, subset: v1}
      weight: 100
    - destination: {host: shop, subset: v2}
      weight: 0
`
const POSITIONS = `    - op: replace
      path: /spec/http/1/route/0/weight
      value: 80 # stable

    - {op: replace, path: /spec/http/1/route/1/weight, value: 20}
`
const HEAD = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../base]
patches:
- target: {group: networking.istio.io, kind: VirtualService, name: shop}
`
const INLINE = `${HEAD}  patch: |-
${POSITIONS}images: [] # weight: 80
`
const IN_FOLDERS: Files = {
  'base/kustomization.yaml': 'resources: [route.yaml, https://example.com/x.yaml]\n',
  'base/route.yaml': BASE,
}

describe('Weights in a JSON patch of a Kustomization', () => {
  test('are edited, with the destinations as the resources have them', () => {
    const files = { ...IN_FOLDERS, 'prod/kustomization.yaml': INLINE }
    expect(edited(files, 'prod/kustomization.yaml')).toBe(
      INLINE.replace('value: 80 #', 'value: 50 #').replace('value: 20}', 'value: 50}'),
    )
    expect(edited(files, 'prod/kustomization.yaml', { percent: 0.5, route: 'http:main' })).toBe(
      INLINE.replace('value: 80 #', 'value: 995 #').replace('value: 20}', 'value: 5}'),
    )
  })

  test.each([
    ['with line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    [
      'in JSON',
      (text: string) =>
        text.replace(
          POSITIONS,
          `    [{"op": "replace", "path": "/spec/http/1/route/0/weight", "value": 80},\n     {"op": "replace", "path": "/spec/http/1/route/1/weight", "value": 20}]\n`,
        ),
    ],
    [
      'in one quoted line',
      (text: string) =>
        text.replace(
          `|-\n${POSITIONS}`,
          `'[{"op": "add", "path": "/spec/http/1/route/0/weight", "value": 80}, {"op": "add", "path": "/spec/http/1/route/1/weight", "value": 20}]'\n`,
        ),
    ],
    ['in patchesJson6902', (text: string) => text.replace('patches:', 'patchesJson6902:')],
    ['with an indentation of their own', (text: string) => text.replace('|-', '|2-')],
    ['without kind in the file', (text: string) => text.replace(/^api.*\nkind.*\n/, '')],
    [
      'beside patches of other objects',
      (text: string) =>
        text.replace(
          'patches:\n',
          'patches:\n- path: deployment.yaml\n  target: {kind: Deployment}\n- target: {kind: VirtualService, name: cart}\n  patch: "[]"\n',
        ),
    ],
  ])('%s are edited', (_, written) => {
    const text = written(INLINE)
    const files = { ...IN_FOLDERS, 'prod/kustomization.yaml': text }
    const after = edited(files, 'prod/kustomization.yaml')
    expect(after).toBe(text.replace(/(value"?: )80/, '$150').replace(/(value"?: )20/, '$150'))
    expect(after).not.toBe(text)
  })

  test('are edited in a file of operations that the Kustomization beside it names', () => {
    const operations = POSITIONS.replaceAll(/^ {4}/gm, '')
    const files = {
      ...IN_FOLDERS,
      'prod/weights.yaml': operations,
      'prod/kustomization.yaml': `${HEAD}  path: ./weights.yaml\n`,
    }
    expect(edited(files, 'prod/weights.yaml')).toBe(
      operations.replace('80', '50').replace('20}', '50}'),
    )
    expect(edited(files, 'prod/kustomization.yaml')).toBe(
      'The weights of VirtualService demo/shop cannot be edited here: the Kustomization has its weights in ./weights.yaml. Set manifest to that file.',
    )
    const onlyOne = operations.replace(/- op[\s\S]*?\n\n/, '')
    expect(edited({ ...files, 'prod/weights.yaml': onlyOne }, 'prod/weights.yaml')).toBe(
      'The patch does not set the weight of v1. Add an operation to the patch, then run it again:\n  {"op":"replace","path":"/spec/http/1/route/0/weight","value":50}',
    )
  })

  test('are edited without the resources where the patch has the whole list', () => {
    const text = `${HEAD.replace('../base', 'https://example.com/base.yaml')}  patch: |
    - op: replace
      path: /spec/http/0/route
      value:
      - destination:
          host: shop
          subset: v1
        weight: 80
      - destination: {host: shop, subset: v2}
        weight: 20
`
    const files = { 'kustomization.yaml': text }
    const half = text.replace('80', '50').replace('20', '50')
    expect(edited(files, 'kustomization.yaml')).toBe(half)
    expect(edited(files, 'kustomization.yaml', { subset: 'shop/v3', percent: 10 })).toBe(
      `${text.replace('80', '72').replace('20', '18')}      - destination:
          host: shop
          subset: v3
        weight: 10
`,
    )
  })

  test('get a new destination only where the patch has the whole list', () => {
    const files = { ...IN_FOLDERS, 'prod/kustomization.yaml': INLINE }
    expect(edited(files, 'prod/kustomization.yaml', { subset: 'shop/v3' })).toBe(
      'The patch does not set the weight of v3. Add an operation to the patch, then run it again:\n  {"op":"add","path":"/spec/http/1/route/-","value":{"destination":{"host":"shop","subset":"v3"},"weight":50}}',
    )
  })

  test('are edited by the last operation that sets them, also behind an inserted rule', () => {
    const text = `${HEAD}  patch: |-
    - {op: add, path: /spec/http/0, value: {match: [{port: 1}], redirect: {uri: /}}}
    - {op: replace, path: /spec/http/2/route/1/weight, value: 10}
    - {op: replace, path: /spec/http/2/route/0/weight, value: 80}
    - {op: replace, path: /spec/http/2/route/1/weight, value: 20}
`
    const files = { ...IN_FOLDERS, 'prod/kustomization.yaml': text }
    expect(edited(files, 'prod/kustomization.yaml')).toBe(
      text.replace('value: 80', 'value: 50').replace('value: 20', 'value: 50'),
    )
  })

  test('are edited where the Kustomization gives the object a prefix', () => {
    const text = `namePrefix: prod-\n${INLINE}`
    const files = { ...IN_FOLDERS, 'prod/kustomization.yaml': text }
    expect(edited(files, 'prod/kustomization.yaml', { name: 'prod-shop' })).toBe(
      text.replace('value: 80 #', 'value: 50 #').replace('value: 20}', 'value: 50}'),
    )
  })

  test('are edited where the Kustomization gives the object another namespace, and has replacements for another kind', () => {
    const replacements = 'replacements: [{targets: [{select: {kind: Deployment}}]}]'
    const text = `namespace: demo\n${replacements}\n${INLINE}`
    const base = BASE.replace('{name: shop}', '{name: shop, namespace: base}')
    const files = { ...IN_FOLDERS, 'base/route.yaml': base, 'prod/kustomization.yaml': text }
    expect(edited(files, 'prod/kustomization.yaml')).toBe(
      text.replace('value: 80 #', 'value: 50 #').replace('value: 20}', 'value: 50}'),
    )
  })

  test('are edited in a part of the object that the Kustomization holds', () => {
    const text = `patches:\n- patch: |-\n${BASE.replace('100', '80')
      .replace(' 0\n', ' 20\n')
      .replaceAll(/^(?=.)/gm, '    ')}`
    expect(edited({ 'kustomization.yaml': text }, 'kustomization.yaml')).toBe(
      text.replace('weight: 80', 'weight: 50').replace('weight: 20', 'weight: 50'),
    )
  })
})

describe('A Kustomization with components', () => {
  const COMPONENT = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'
  const withComponent = (component: string, more: Files = {}, own = INLINE) =>
    edited(
      {
        ...IN_FOLDERS,
        ...more,
        'canary/kustomization.yaml': `${COMPONENT}${component}`,
        'prod/kustomization.yaml': `components: [../canary]\n${own}`,
      },
      'prod/kustomization.yaml',
    )
  const ours = `components: [../canary]\n${INLINE}`
  const asAsked = ours.replace('value: 80 #', 'value: 50 #').replace('value: 20}', 'value: 50}')
  const PATCH = 'patches:\n- target: {kind: VirtualService, name: shop}\n  patch: |-\n'

  test.each([
    ['that change other objects', 'patches:\n- {path: x.yaml, target: {kind: Deployment}}\n', {}],
    ['that change nothing', 'labels: [{pairs: {a: b}}]\n', {}],
    [
      'whose patch adds a rule, so that the own one comes after it',
      `${PATCH}    - {op: add, path: /spec/http/-, value: {route: [{destination: {host: b}}]}}\n`,
      {},
    ],
  ])('%s is edited', (_, component, more) => {
    expect(withComponent(component, more)).toBe(asAsked)
  })

  test('uses what a component has made of the object', () => {
    const first = `${PATCH}    - {op: remove, path: /spec/http/0}\n`
    const own = INLINE.replaceAll('/spec/http/1', '/spec/http/0')
    expect(withComponent(first, {}, own)).toBe(
      `components: [../canary]\n${own}`
        .replace('value: 80 #', 'value: 50 #')
        .replace('value: 20}', 'value: 50}'),
    )
  })

  test('finds the object in the resources of a component', () => {
    const files = {
      'canary/kustomization.yaml': `${COMPONENT}resources: [route.yaml]\n`,
      'canary/route.yaml': BASE,
      'prod/kustomization.yaml': ours.replace('resources: [../base]\n', ''),
    }
    expect(edited(files, 'prod/kustomization.yaml')).toBe(
      asAsked.replace('resources: [../base]\n', ''),
    )
  })

  test.each([
    [
      'whose patch is a part of the object',
      `patches:\n- patch: |-\n${BASE.replace(/^/gm, '    ')}`,
      'has a part of the VirtualService in a patch.',
    ],
    ['that renames objects', 'namePrefix: a-\n', 'has namePrefix.'],
    ['that has components too', 'components: [x]\n', 'has components too.'],
    [
      'that has a transformer',
      'transformers: [t.yaml]\n',
      'has transformers, which may change the weights too.',
    ],
  ])('%s is refused', (_, component, why) => {
    expect(withComponent(component)).toContain(`has the component ../canary, which ${why}`)
  })

  test('that have the only patches is refused, and their file is named', () => {
    const plain =
      'kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\nresources: [../base]\n'
    expect(withComponent(`${PATCH}${POSITIONS}`, {}, plain)).toContain(
      'has its patches in ../canary/kustomization.yaml. Set manifest to that file.',
    )
  })

  test('is edited in a component that has a part of the object', () => {
    const text = `${COMPONENT}patches:\n- patch: |-\n${BASE.replace(/^/gm, '    ').trimEnd()}\n`
    expect(edited({ 'kustomization.yaml': text }, 'kustomization.yaml')).toBe(
      text.replace('weight: 100', 'weight: 50').replace('weight: 0', 'weight: 50'),
    )
  })
})

test('A Kustomization with transformers that set labels only is edited', () => {
  const text = `transformers: [labels.yaml]\n${INLINE}`
  const files = (fields: string) => ({
    ...IN_FOLDERS,
    'prod/kustomization.yaml': text,
    'prod/labels.yaml': `apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {a: b}\nfieldSpecs: [{path: ${fields}, create: true}]\n`,
  })
  expect(edited(files('metadata/labels'), 'prod/kustomization.yaml')).toBe(
    text.replace('value: 80 #', 'value: 50 #').replace('value: 20}', 'value: 50}'),
  )
  expect(edited(files('spec/http/route/weight'), 'prod/kustomization.yaml')).toContain(
    'has transformers, which may change the weights too.',
  )
})

describe('A Kustomization is refused, with what to do', () => {
  const own = (text: string, more: Files = {}) =>
    edited({ ...IN_FOLDERS, ...more, 'prod/kustomization.yaml': text }, 'prod/kustomization.yaml')
  const refused =
    'The weights of VirtualService demo/shop cannot be edited here: the Kustomization '

  test.each([
    [
      'whose target is a pattern',
      INLINE.replace('name: shop', 'name: "sh.*"'),
      'has a patch whose target has no kind and name.',
    ],
    [
      'whose target has no name',
      INLINE.replace(', name: shop', ''),
      'has a patch whose target has no kind and name.',
    ],
    [
      'whose resources are elsewhere',
      INLINE.replace('../base', '../other'),
      'sets weights by their position, and none of its resources is a file here that has the destinations.',
    ],
    [
      'whose patch does not fit',
      INLINE.replace('route/0', 'route/7'),
      'has a patch that fails: its operation on /spec/http/1/route/7/weight does not fit.',
    ],
    [
      'that has components',
      `components: [../x]\n${INLINE}`,
      'has the component ../x, which cannot be read.',
    ],
    [
      'that has a transformer that is not known',
      `transformers: [t.yaml]\n${INLINE}`,
      'has transformers, which may change the weights too.',
    ],
    [
      'that has replacements for objects of the kind',
      `replacements: [{targets: [{select: {kind: VirtualService}}]}]\n${INLINE}`,
      'has replacements, which may change the weights too.',
    ],
    [
      'whose patch moves values',
      INLINE.replace('op: replace', 'op: move'),
      'has a patch that fails: the operation move is not supported.',
    ],
    [
      'whose patch is folded',
      `${HEAD}  patch: >-\n    [{op: remove, path: /a},\n    {op: remove, path: /b}]\n`,
      'has a patch in a form that cannot be edited in place.',
    ],
    [
      'whose patch has escapes',
      `${HEAD}  patch: "[{\\"op\\": \\"test\\"}]"\n`,
      'has a patch in a form that cannot be edited in place.',
    ],
    [
      'whose patch file is missing',
      `${HEAD}  path: gone.yaml\n`,
      'has the patch gone.yaml, which cannot be read.',
    ],
  ])('%s', (_, text, why) => {
    expect(own(text)).toContain(`${refused}${why}`)
    expect(own(text)).toMatch(/ Write the patch as a VirtualService of its own instead/)
  })

  test('whose patch is a VirtualService in another file', () => {
    expect(own('patches:\n- path: part.yaml\n', { 'prod/part.yaml': BASE })).toBe(
      `${refused}has the VirtualService in its patch part.yaml. Set manifest to that file.`,
    )
    expect(own('patchesStrategicMerge: [part.yaml]\n', { 'prod/part.yaml': BASE })).toContain(
      'Set manifest to that file.',
    )
  })

  test('whose base has patches of its own, because they may move destinations', () => {
    expect(
      own(INLINE, { 'base/kustomization.yaml': 'resources: [route.yaml]\npatches: []\n' }),
    ).toContain('none of its resources is a file here')
  })

  test('whose weight is a text', () => {
    expect(own(INLINE.replace('value: 80', 'value: "80"'))).toContain(
      'is "80", which is not a whole number.',
    )
  })

  test('that has nothing for the object', () => {
    expect(own(INLINE.replace('name: shop', 'name: cart'))).toBe(
      'The file is a Kustomization, which has no VirtualService demo/shop of its own. It has no patch for it either. Write the patch as a VirtualService of its own instead (apiVersion, kind, metadata.name and the whole list of rules, such as spec.http), list that file under patches, and set manifest to it.',
    )
  })
})

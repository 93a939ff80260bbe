import type { JsonObject } from '../../src/kube/json.ts'
import type { RouteSelector } from '../../src/routes/wanted.ts'
import { type Choices, choices } from './random.ts'

/** A generated Kustomization with a JSON patch, in files by their path. */
export type GeneratedKustomization = {
  files: Readonly<Record<string, string>>
  /** The path of the file to edit. */
  file: string
  /** The text of the operations in that file, and the resource that they are for. */
  operations: string
  base: JsonObject
  kind: string
  /** The steps to the list of destinations after the patch, and which rule that is. */
  list: (string | number)[]
  route: RouteSelector
  percent: number
}

/** How a kind of object writes a rule. */
type Form = {
  kind: string
  group: string
  /** The list of rules, that of destinations in a rule, and a field of the spec that lists texts. */
  rules: 'http' | 'rules'
  destinations: string
  texts: string
  other: JsonObject
  destination: (name: string) => JsonObject
}

const ISTIO: Form = {
  kind: 'VirtualService',
  group: 'networking.istio.io',
  rules: 'http',
  destinations: 'route',
  texts: 'exportTo',
  other: { match: [{ uri: { exact: '/x' } }], redirect: { uri: '/y' } },
  destination: (subset) => ({ destination: { host: 'shop', subset } }),
}

function gatewayApi(kind: string): Form {
  return {
    kind,
    group: 'gateway.networking.k8s.io',
    rules: 'rules',
    destinations: 'backendRefs',
    texts: 'hostnames',
    other: { name: 'other', filters: [{ type: 'RequestRedirect', requestRedirect: {} }] },
    destination: (name) => ({ name, port: 80 }),
  }
}

/** demo/shop with a split, and an overlay whose patch sets its weights. Every other seed gives a kind of the Gateway API. */
export function generatedKustomization(seed: number): GeneratedKustomization {
  const random = choices(seed)
  const form =
    seed % 2 === 0
      ? gatewayApi(random.oneOf('HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'))
      : ISTIO
  const before = random.between(0, 2)
  const base: JsonObject = {
    apiVersion: `${form.group}/v1`,
    kind: form.kind,
    metadata: { name: 'shop', annotations: { a: 'b' } },
    spec: {
      [form.rules]: [...Array.from({ length: before }, () => form.other), split(form)],
    },
  }
  const inserted = random.chance(0.2) ? 1 : 0
  const index = before + inserted
  const setting = settingOperations(form, index, random)
  // What sets all destinations needs no resource that can be read.
  const isWhole = inserted === 0 && String(setting[0]?.path).endsWith(form.destinations)
  const resource = isWhole && random.chance(0.5) ? 'https://example.com/base' : '../base/route.yaml'
  const operations = [
    ...(random.chance(0.3) && resource.startsWith('..')
      ? [{ op: 'replace', path: '/metadata/annotations/a', value: 'value: 80' }]
      : []),
    ...(inserted === 1 ? [{ op: 'add', path: `/spec/${form.rules}/0`, value: form.other }] : []),
    ...setting,
    ...(random.chance(0.3) ? [{ op: 'add', path: `/spec/${form.texts}`, value: ['*'] }] : []),
  ]
  const text = operationsText(operations, random)
  const isOwnFile = random.chance(0.3)
  const target = `{group: ${form.group}, kind: ${form.kind}, name: shop}`
  const patch = isOwnFile ? '  path: weights.yaml' : inlineText(text, random)
  const comment = random.chance(0.5) ? ' # weight: 80' : ''
  const kustomization = [
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    `resources: [${resource}]${comment}`,
    `${random.oneOf('patches', 'patches', 'patchesJson6902')}:`,
    `- target: ${target}`,
    patch,
    ...(random.chance(0.5) ? ['images: []', ''] : []),
  ].join('\n')
  const ends = (one: string) => (random.chance(0.2) ? one.replaceAll('\n', '\r\n') : one)
  const written: Record<string, string> = {
    'base/route.yaml': JSON.stringify(base),
    'prod/kustomization.yaml': ends(kustomization),
    ...(isOwnFile ? { 'prod/weights.yaml': ends(text) } : {}),
  }
  return {
    files: written,
    file: isOwnFile ? 'prod/weights.yaml' : 'prod/kustomization.yaml',
    operations: text,
    base,
    kind: form.kind,
    list: ['spec', form.rules, index, form.destinations],
    route: { kind: form === ISTIO ? 'http' : 'rule', index },
    percent: random.oneOf(random.between(1, 99), random.between(1, 999) / 10),
  }
}

function split(form: Form, weights: readonly [number, number] = [100, 0]): JsonObject {
  return { name: 'main', [form.destinations]: splitItems(form, weights) }
}

function splitItems({ destination }: Form, [v1, v2]: readonly [number, number]): JsonObject[] {
  return [
    { ...destination('v1'), weight: v1 },
    { ...destination('v2'), weight: v2 },
  ]
}

function settingOperations(form: Form, index: number, random: Choices): JsonObject[] {
  const rule = `/spec/${form.rules}/${index}`
  const list = `${rule}/${form.destinations}`
  const op = random.oneOf('replace', 'add')
  const share = random.between(1, 99)
  const items = splitItems(form, [100 - share, share])
  const [v1 = {}, v2 = {}] = items
  const single = (at: number, value: number) => ({ op, path: `${list}/${at}/weight`, value })
  return random.oneOf<JsonObject[]>(
    [single(0, 100 - share), single(1, share)],
    [single(1, share), single(0, 100 - share)],
    [single(1, 7), single(0, 100 - share), single(1, share)],
    [{ op, path: list, value: items }],
    [{ op: 'replace', path: list, value: items }, single(1, share)],
    [
      { op: 'replace', path: `${list}/0`, value: v1 },
      { op: 'replace', path: `${list}/1`, value: v2 },
    ],
    [{ op: 'replace', path: rule, value: split(form, [100 - share, share]) }],
  )
}

function operationsText(operations: readonly JsonObject[], random: Choices): string {
  const form = random.oneOf('block', 'block', 'flow', 'json')
  if (form === 'json') return `${JSON.stringify(operations, null, random.oneOf(0, 2))}\n`
  const comment = () => (random.chance(0.2) ? ' # value: 80' : '')
  return operations
    .map(({ op = '', path = '', value = null }) =>
      form === 'flow'
        ? `- {op: ${op}, path: ${path}, value: ${JSON.stringify(value)}}${comment()}\n`
        : `- op: ${op}\n  path: ${path}${comment()}\n${random.chance(0.1) ? '\n' : ''}  value: ${JSON.stringify(value)}${comment()}\n`,
    )
    .join('')
}

/** As the text of a patch within the Kustomization. */
function inlineText(text: string, random: Choices): string {
  const isOneLine = text.trim().split('\n').length === 1
  if (isOneLine && text.startsWith('[') && random.chance(0.5)) return `  patch: '${text.trim()}'`
  const pad = random.oneOf('    ', '   ', '        ')
  const lines = text.trimEnd().split('\n')
  return [
    `  patch: ${random.oneOf('|', '|-')}`,
    ...lines.map((line) => (line === '' ? '' : `${pad}${line}`)),
  ].join('\n')
}

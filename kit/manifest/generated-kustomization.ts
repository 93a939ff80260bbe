import type { JsonObject } from '../../src/kube/json.ts'
import { type Choices, choices } from './random.ts'

/** A generated Kustomization with a JSON patch, in files by their path. */
export type GeneratedKustomization = {
  files: Readonly<Record<string, string>>
  /** The path of the file to edit. */
  file: string
  /** The text of the operations in that file, and the resource that they are for. */
  operations: string
  base: JsonObject
  /** The position of the rule in `spec.http` after the patch. */
  index: number
  percent: number
}

/** demo/shop with a split in `spec.http`, and an overlay whose patch sets its weights. */
export function generatedKustomization(seed: number): GeneratedKustomization {
  const random = choices(seed)
  const before = random.between(0, 2)
  const base: JsonObject = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'shop', annotations: { a: 'b' } },
    spec: { hosts: ['shop'], http: [...Array.from({ length: before }, other), split()] },
  }
  const inserted = random.chance(0.2) ? 1 : 0
  const index = before + inserted
  const operations = [
    ...(random.chance(0.3)
      ? [{ op: 'replace', path: '/metadata/annotations/a', value: 'value: 80' }]
      : []),
    ...(inserted === 1 ? [{ op: 'add', path: '/spec/http/0', value: other() }] : []),
    ...settingOperations(index, random),
    ...(random.chance(0.3) ? [{ op: 'add', path: '/spec/exportTo', value: ['*'] }] : []),
  ]
  const text = operationsText(operations, random)
  const isOwnFile = random.chance(0.3)
  const target = '{group: networking.istio.io, kind: VirtualService, name: shop}'
  const patch = isOwnFile ? '  path: weights.yaml' : inlineText(text, random)
  const comment = random.chance(0.5) ? ' # weight: 80' : ''
  const kustomization = [
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    `resources: [../base/route.yaml]${comment}`,
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
    index,
    percent: random.oneOf(random.between(1, 99), random.between(1, 999) / 10),
  }
}

function other(): JsonObject {
  return { match: [{ uri: { exact: '/x' } }], redirect: { uri: '/y' } }
}

function split(weights: readonly [number, number] = [100, 0]): JsonObject {
  const [v1, v2] = weights
  return {
    name: 'main',
    route: [
      { destination: { host: 'shop', subset: 'v1' }, weight: v1 },
      { destination: { host: 'shop', subset: 'v2' }, weight: v2 },
    ],
  }
}

function settingOperations(index: number, random: Choices): JsonObject[] {
  const rule = `/spec/http/${index}`
  const op = random.oneOf('replace', 'add')
  const share = random.between(1, 99)
  const { route = [] } = split([100 - share, share])
  const [v1 = null, v2 = null] = Array.isArray(route) ? route : []
  const single = (at: number, value: number) => ({ op, path: `${rule}/route/${at}/weight`, value })
  return random.oneOf<JsonObject[]>(
    [single(0, 100 - share), single(1, share)],
    [single(1, share), single(0, 100 - share)],
    [single(1, 7), single(0, 100 - share), single(1, share)],
    [{ op, path: `${rule}/route`, value: route }],
    [{ op: 'replace', path: `${rule}/route`, value: route }, single(1, share)],
    [
      { op: 'replace', path: `${rule}/route/0`, value: v1 },
      { op: 'replace', path: `${rule}/route/1`, value: v2 },
    ],
    [{ op: 'replace', path: rule, value: split([100 - share, share]) }],
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

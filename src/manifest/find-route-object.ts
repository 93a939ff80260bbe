import { at, isObject, type JsonObject, labelsAt, textAt } from '../mesh/json.ts'
import { ISTIO_NETWORKING } from '../mesh/resources.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { NamespacedName } from '../options/options.ts'
import { pairOf } from './route-splices.ts'
import { lineNumber } from './splice.ts'
import { parseDocuments, type YamlDocument, type YamlNode } from './yaml-tree.ts'

export type FoundInManifest =
  | { ok: true; object: RouteObject; part: Part }
  | { ok: false; wants: string }

/** An object of a manifest. */
export type Part = {
  value: JsonObject
  /** What it was written as. */
  node: YamlNode
  /** The steps to it from the list of all documents. */
  place: readonly (string | number)[]
}

/**
 * The one VirtualService of this namespace and name in a YAML text of any number of documents,
 * those within a List too. A document that names no namespace, as Kustomize and Argo CD fill it in,
 * counts where none names the one wanted.
 */
export function findInManifest(text: string, wanted: NamespacedName): FoundInManifest {
  const parsed = documentsOf(text)
  if (!parsed.ok) return parsed
  const parts = parsed.documents.flatMap(partsOf)
  const routes = parts.filter(isVirtualService)
  const named = routes.filter(({ value }) => textAt(value, 'metadata', 'name') === wanted.name)
  const there = named.filter((part) => namespaceOf(part) === wanted.namespace)
  const fitting = there.length > 0 ? there : named.filter((part) => namespaceOf(part) === undefined)
  const [only, second] = fitting
  const full = `${wanted.namespace}/${wanted.name}`
  if (second)
    return wants(
      `one VirtualService ${full}; there are several, in lines ${fitting.map(({ node }) => lineNumber(text, node.start)).join(' and ')}`,
    )
  if (!only) return wants(`a file with the VirtualService ${full}; it has ${contents(parts)}`)
  const written = text.slice(only.node.start, only.node.end)
  if (TEMPLATE.test(written)) return wants(TEMPLATE_WANTS)
  return { ok: true, object: routeObjectOf(only.value, wanted), part: only }
}

/** What templates of Helm, Jinja and their kin begin with. */
const TEMPLATE = /\{\{|\{%/
const TEMPLATE_WANTS =
  'plain YAML, not a template ({{ ... }}); name a rendered file, or put the weights where the template takes them from'

function documentsOf(
  text: string,
): { ok: true; documents: YamlDocument[] } | { ok: false; wants: string } {
  try {
    return { ok: true, documents: parseDocuments(text) }
  } catch (error) {
    if (TEMPLATE.test(text)) return wants(TEMPLATE_WANTS)
    const why = error instanceof Error ? error.message : String(error)
    return wants(`a file of YAML (${why.split('\n')[0]})`)
  }
}

function wants(text: string): { ok: false; wants: string } {
  return { ok: false, wants: text }
}

/** A document, or the items of a List. */
function partsOf({ value, node }: YamlDocument, index: number): Part[] {
  if (!isObject(value) || node === undefined) return []
  const items = node.kind === 'mapping' ? pairOf(node, 'items')?.value : undefined
  if (!textAt(value, 'kind')?.endsWith('List') || items?.kind !== 'sequence')
    return [{ value, node, place: [index] }]
  return items.items.flatMap((item, number) => {
    const part = at(value, 'items', number)
    return isObject(part) ? [{ value: part, node: item, place: [index, 'items', number] }] : []
  })
}

function isVirtualService({ value }: Part): boolean {
  const group = textAt(value, 'apiVersion')?.split('/')[0]
  return textAt(value, 'kind') === 'VirtualService' && group === ISTIO_NETWORKING
}

function namespaceOf({ value }: Part): string | undefined {
  return textAt(value, 'metadata', 'namespace')
}

function contents(parts: readonly Part[]): string {
  const names = parts.map((part) => {
    const name = textAt(part.value, 'metadata', 'name') ?? 'without a name'
    const namespace = namespaceOf(part)
    const full = namespace === undefined ? name : `${namespace}/${name}`
    return `${textAt(part.value, 'kind') ?? 'something without a kind'} ${full}`
  })
  return names.length === 0 ? 'no object' : names.join(', ')
}

/** As the API server would have it, without what only a server gives. */
function routeObjectOf(value: JsonObject, { namespace, name }: NamespacedName): RouteObject {
  const spec = at(value, 'spec')
  return {
    kind: 'VirtualService',
    namespace,
    name,
    uid: '',
    resourceVersion: '',
    createdAt: '',
    annotations: labelsAt(value, 'metadata', 'annotations'),
    managedFields: [],
    spec: isObject(spec) ? spec : {},
    raw: value,
  }
}

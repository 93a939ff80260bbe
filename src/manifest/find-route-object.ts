import { at, isObject, type JsonObject, labelsAt, textAt } from '../kube/json.ts'
import type { NamespacedName } from '../kube/names.ts'
import { ISTIO_NETWORKING } from '../kube/resources.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { ForeignLineEnd } from './foreign-line-end.ts'
import { notFoundText } from './not-found-text.ts'
import { lineNumber } from './splice.ts'
import { controlInComment, TEMPLATE_REMEDY, templateIn, templateLine } from './template.ts'
import { duplicateKey, duplicateText, webhookDuplicate } from './yaml/duplicate-key.ts'
import { unquotedName } from './yaml/unquoted-name.ts'
import { pairOf, parseDocuments, type YamlDocument, type YamlNode } from './yaml/yaml-tree.ts'
import { YamlError } from './yaml/yaml-view.ts'

export type FoundInManifest =
  | { ok: true; object: RouteObject; part: Part }
  | { ok: false; says: string }

/** An object of a manifest. */
export type Part = {
  value: JsonObject
  /** What it was written as. */
  node: YamlNode
  /** The steps to it from the list of all documents. */
  place: readonly (string | number)[]
  /** The document that it is in. */
  document: YamlNode
  /** All documents of the file. */
  documents: readonly YamlDocument[]
}

/**
 * The one VirtualService of this namespace and name in a YAML text of any number of documents,
 * those within a List too. A document that names no namespace, as Kustomize and Argo CD fill it in,
 * counts where none names the one wanted.
 */
export function findInManifest(text: string, wanted: NamespacedName): FoundInManifest {
  const parsed = documentsOf(text)
  if (!parsed.ok) return parsed
  const { documents } = parsed
  const parts = documents.flatMap((document, index) => partsOf(documents, document, index))
  const unquoted = unquotedName(text, parts.filter(isVirtualService), wanted)
  if (unquoted !== undefined) return says(unquoted)
  const named = parts.filter(
    (part) => isVirtualService(part) && textAt(part.value, 'metadata', 'name') === wanted.name,
  )
  const there = named.filter((part) => namespaceOf(part) === wanted.namespace)
  const fitting = there.length > 0 ? there : named.filter((part) => namespaceOf(part) === undefined)
  const [only, second] = fitting
  if (second) {
    const lines = fitting.map(({ node }) => lineNumber(text, node.start)).join(' and ')
    return says(
      `The VirtualService ${wanted.namespace}/${wanted.name} is there several times, in lines ${lines}. Leave one of them.`,
    )
  }
  if (!only) {
    const twice = duplicateInIdentity(parts)
    return says(twice ? duplicateText(text, twice) : notFoundText(text, documents, parts, wanted))
  }
  // Before the rule is looked for: with another one of the two keys it may be another rule, or none.
  const twice = webhookDuplicate(only.node)
  if (twice) return says(duplicateText(text, twice))
  const control = controlInComment(text, only.node)
  if (control !== undefined)
    return says(
      `Line ${control} has control flow of a template in a comment. Helm and Jinja run it there too. ${TEMPLATE_REMEDY}`,
    )
  const template = templateAbove(only.node)
  if (template !== undefined) return says(templateText(lineNumber(text, template.start)))
  return { ok: true, object: routeObjectOf(only.value, wanted), part: only }
}

function documentsOf(
  text: string,
): { ok: true; documents: YamlDocument[] } | { ok: false; says: string } {
  try {
    return { ok: true, documents: parseDocuments(text) }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    if (error.position === undefined) return says(`The file is not valid YAML: ${error.message}.`)
    const line = lineNumber(text, error.position)
    if (error instanceof ForeignLineEnd) return says(`Line ${line} ${error.message}.`)
    const template = templateLine(text, line)
    return says(
      template === undefined
        ? `Line ${line} is not valid YAML: ${error.message}.`
        : templateText(template),
    )
  }
}

function templateText(line: number): string {
  return `Line ${line} is a template. ${TEMPLATE_REMEDY}`
}

/** A key twice among those that say which object it is, of a VirtualService by any of them. */
function duplicateInIdentity(parts: readonly Part[]): YamlNode | undefined {
  for (const { node } of parts) {
    if (node.kind !== 'mapping') continue
    const valuesOf = (name: string) =>
      node.pairs.flatMap(({ key, value }) =>
        key.kind === 'scalar' && key.value === name ? [value] : [],
      )
    const isVirtual = valuesOf('kind').some(
      (value) => value.kind === 'scalar' && value.value === 'VirtualService',
    )
    const twice = [node, ...valuesOf('metadata')].flatMap((one) => duplicateKey(one) ?? [])[0]
    if (isVirtual && twice) return twice
  }
  return undefined
}

/** A template in the place of the rules themselves, which then are not there to be chosen from. */
function templateAbove(object: YamlNode): YamlNode | undefined {
  const spec = object.kind === 'mapping' ? pairOf(object, 'spec')?.value : undefined
  const tcp = spec?.kind === 'mapping' ? pairOf(spec, 'tcp')?.value : undefined
  const rules = tcp ?? spec
  return rules?.kind === 'scalar' ? templateIn(rules) : undefined
}

function says(text: string): { ok: false; says: string } {
  return { ok: false, says: text }
}

/** A document, or the items of a List, of which some may be Lists too. */
function partsOf(
  documents: readonly YamlDocument[],
  { value, node: document }: YamlDocument,
  index: number,
): Part[] {
  if (document === undefined || value === undefined) return []
  const below = (
    object: JsonObject,
    node: YamlNode,
    place: readonly (string | number)[],
  ): Part[] => {
    const items = node.kind === 'mapping' ? pairOf(node, 'items')?.value : undefined
    if (!textAt(object, 'kind')?.endsWith('List') || items?.kind !== 'sequence')
      return [{ value: object, node, place, document, documents }]
    return items.items.flatMap((item, number) => {
      const part = at(object, 'items', number)
      return isObject(part) ? below(part, item, [...place, 'items', number]) : []
    })
  }
  return isObject(value) ? below(value, document, [index]) : []
}

function isVirtualService({ value }: Part): boolean {
  const group = textAt(value, 'apiVersion')?.split('/')[0]
  return textAt(value, 'kind') === 'VirtualService' && group === ISTIO_NETWORKING
}

function namespaceOf({ value }: Part): string | undefined {
  // An empty one is none to the API server too.
  return textAt(value, 'metadata', 'namespace') || undefined
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
    deletedAt: undefined,
    generation: undefined,
    annotations: labelsAt(value, 'metadata', 'annotations'),
    managedFields: [],
    spec: isObject(spec) ? spec : {},
    raw: value,
  }
}

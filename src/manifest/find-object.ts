import { at, isObject, type JsonObject, labelsAt, textAt } from '../kube/json.ts'
import type { Problem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import { kindNamed } from '../routes/kinds.ts'
import type { ObjectName } from '../routes/object-name.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { manifestProblem } from './manifest-problem.ts'
import { objectNotFound } from './object-not-found.ts'
import type { Part } from './part.ts'
import { lineNumber } from './splice.ts'
import {
  controlInComment,
  TEMPLATE_REMEDY,
  templateIn,
  templateLine,
  templateProblem,
} from './template.ts'
import { duplicateKey, duplicateOnTheWay, duplicateProblem } from './yaml/duplicate-key.ts'
import { ForeignLineEnd } from './yaml/foreign-line-end.ts'
import { unquotedName } from './yaml/unquoted-name.ts'
import { pairOf, type YamlDocument, type YamlNode } from './yaml/yaml-node.ts'
import { parseDocuments } from './yaml/yaml-tree.ts'
import { YamlError } from './yaml/yaml-view.ts'

export type FoundObject = { object: RouteObject; part: Part }

/**
 * The one object of this kind, namespace and name in a YAML text of any number of documents, also within a List. A
 * document without a namespace, which Kustomize and Argo CD fill in, counts where no document has the wanted one.
 */
export function findObject(text: string, wanted: ObjectName): Result<FoundObject> {
  const parsed = documentsOf(text)
  if (!parsed.ok) return parsed
  const documents = parsed.value
  const parts = documents.flatMap((document, index) => partsOf(documents, document, index))
  const ofKind = parts.filter((part) => isOfKind(part, wanted.kind))
  const unquoted = unquotedName(text, ofKind, wanted)
  if (unquoted !== undefined) return failure(unquoted)
  const named = ofKind.filter(({ value }) => textAt(value, 'metadata', 'name') === wanted.name)
  const there = named.filter((part) => namespaceOf(part) === wanted.namespace)
  const fitting = there.length > 0 ? there : named.filter((part) => namespaceOf(part) === undefined)
  const [only, second] = fitting
  if (second) return failure(several(text, fitting, wanted))
  if (!only) {
    const duplicate = duplicateInIdentity(parts, wanted.kind)
    return failure(
      duplicate
        ? duplicateProblem(text, duplicate)
        : objectNotFound({ text, documents, parts }, wanted),
    )
  }
  const unsafe = unsafeToEdit(text, only, kindNamed(wanted.kind).ruleLists)
  return unsafe === undefined
    ? success({ object: routeObjectOf(only.value, wanted), part: only })
    : failure(unsafe)
}

function several(text: string, parts: readonly Part[], { kind, namespace, name }: ObjectName) {
  const lines = parts.map(({ node }) => lineNumber(text, node.start)).join(' and ')
  return manifestProblem(
    'ITS-MANIFEST-OBJECT-TWICE',
    `The file has ${kind} ${namespace}/${name} several times, on lines ${lines}.`,
    'Keep one of them.',
  )
}

/** Why an object cannot be edited, whichever of its rules is meant; undefined where it can. */
function unsafeToEdit(
  text: string,
  { node }: Part,
  ruleLists: readonly string[],
): Problem | undefined {
  // Before the rule is selected: with the other one of two equal keys it may be another rule, or none.
  const duplicate = duplicateOnTheWay(node, ruleLists)
  if (duplicate) return duplicateProblem(text, duplicate)
  const control = controlInComment(text, node)
  if (control !== undefined)
    return manifestProblem(
      'ITS-MANIFEST-TEMPLATE',
      `Line ${control} has control flow of a template in a comment. Helm and Jinja run it there too.`,
      TEMPLATE_REMEDY,
    )
  const template = templateAbove(node, ruleLists)
  return template && templateProblem(lineNumber(text, template.start))
}

function documentsOf(text: string): Result<YamlDocument[]> {
  try {
    return success(parseDocuments(text))
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return failure(invalid(text, error))
  }
}

function invalid(text: string, error: YamlError): Problem {
  const code = 'ITS-MANIFEST-INVALID'
  if (error.position === undefined)
    return manifestProblem(code, `The file is not valid YAML: ${error.message}.`)
  const line = lineNumber(text, error.position)
  if (error instanceof ForeignLineEnd)
    return manifestProblem('ITS-MANIFEST-LINE-END', `Line ${line} ${error.message}.`, error.remedy)
  const template = templateLine(text, line)
  return template === undefined
    ? manifestProblem(code, `Line ${line} is not valid YAML: ${error.message}.`)
    : templateProblem(template)
}

/** A duplicate key among those that identify an object, where one of them makes it an object of this kind. */
function duplicateInIdentity(parts: readonly Part[], kind: string): YamlNode | undefined {
  for (const { node } of parts) {
    if (node.kind !== 'mapping') continue
    const valuesOf = (name: string) =>
      node.pairs.flatMap(({ key, value }) =>
        key.kind === 'scalar' && key.value === name ? [value] : [],
      )
    const mayBeKind = valuesOf('kind').some(
      (value) => value.kind === 'scalar' && value.value === kind,
    )
    const duplicate = [node, ...valuesOf('metadata')].flatMap((one) => duplicateKey(one) ?? [])[0]
    if (mayBeKind && duplicate) return duplicate
  }
  return undefined
}

/** A template in the place of the rules, which then cannot be selected from. */
function templateAbove(object: YamlNode, ruleLists: readonly string[]): YamlNode | undefined {
  const spec = object.kind === 'mapping' ? pairOf(object, 'spec')?.value : undefined
  const lists = ruleLists.flatMap((list) =>
    spec?.kind === 'mapping' ? (pairOf(spec, list)?.value ?? []) : [],
  )
  const places = lists.length > 0 ? lists : spec === undefined ? [] : [spec]
  return places.flatMap((place) => (place.kind === 'scalar' ? (templateIn(place) ?? []) : []))[0]
}

/** A document, or the items of a List, which may be Lists too. */
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

function isOfKind({ value }: Part, kind: string): boolean {
  const group = textAt(value, 'apiVersion')?.split('/')[0]
  return textAt(value, 'kind') === kind && group === kindNamed(kind).api.group
}

function namespaceOf({ value }: Part): string | undefined {
  // To the API server too, an empty one is none.
  return textAt(value, 'metadata', 'namespace') || undefined
}

/** As the API server would return it, without what only a server adds. */
function routeObjectOf(value: JsonObject, { kind, namespace, name }: ObjectName): RouteObject {
  const spec = at(value, 'spec')
  return {
    kind,
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

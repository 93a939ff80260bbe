import { at, isObject, type Json, objectsAt, textAt } from '../kube/json.ts'
import type { NamespacedName } from '../kube/names.ts'
import { ISTIO_NETWORKING } from '../kube/resources.ts'
import type { Part } from './find-route-object.ts'
import { lineNumber } from './splice.ts'
import { actionIn, oddKeyIn, TEMPLATE_REMEDY, templateIn } from './template.ts'
import { pairOf, type YamlDocument, type YamlNode } from './yaml/yaml-tree.ts'

/** Says what a file has in place of the VirtualService, and what to do about it. */
export function notFoundText(
  text: string,
  documents: readonly YamlDocument[],
  parts: readonly Part[],
  wanted: NamespacedName,
): string {
  const template = documents.flatMap(({ node, value }) => {
    if (node === undefined) return []
    return (value === undefined ? actionIn(node) : templateInName(node, value)) ?? []
  })[0]
  if (template) return `Line ${lineNumber(text, template.start)} is a template. ${TEMPLATE_REMEDY}`
  const odd = documents.flatMap(({ node, value }) =>
    node !== undefined && value === undefined ? (oddKeyIn(node) ?? []) : [],
  )[0]
  if (odd)
    return `Line ${lineNumber(text, odd.start)} has a list or a mapping in the place of a key, which Kubernetes does not read.`
  const unread = documents.find(({ trouble }) => trouble !== '')
  if (unread?.node)
    return `The document in line ${lineNumber(text, unread.node.start)} cannot be read: ${unread.trouble}.`
  const values = documents.map(({ value }) => value ?? null)
  if (values.some(hasOperations)) return OPERATIONS
  const full = `${wanted.namespace}/${wanted.name}`
  if (parts.some(({ value }) => isKustomization(value))) return kustomizationText(parts, full)
  const missing = `The file has no VirtualService ${full}.`
  return `${missing} ${remedy(parts, wanted) ?? contentsText(parts)}`
}

/** A VirtualService whose name comes from a template. */
function templateInName(node: YamlNode, value: Json): YamlNode | undefined {
  if (kindOf(value) !== 'VirtualService' || node.kind !== 'mapping') return undefined
  const metadata = pairOf(node, 'metadata')?.value
  const named = metadata?.kind === 'mapping' ? pairOf(metadata, 'name')?.value : undefined
  return named && templateIn(named)
}

const REMEDY_OF_PATCHES =
  'Write the patch as a VirtualService of its own instead (apiVersion, kind, metadata.name and the whole list spec.tcp), list that file under patches, and name it as manifest.'

const OPERATIONS = `The file has a list of JSON Patch operations. They name destinations by position only, so they cannot be edited safely. ${REMEDY_OF_PATCHES}`

function kustomizationText(parts: readonly Part[], full: string): string {
  const patched = parts.some(({ value }) =>
    ['patches', 'patchesJson6902', 'patchesStrategicMerge'].some((list) => at(value, list)),
  )
  const what = `The file is a Kustomization, which has no VirtualService ${full} of its own.`
  return patched
    ? `${what} Weights in its patches cannot be edited. ${REMEDY_OF_PATCHES}`
    : `${what} Name the file of its resources or patches that has the VirtualService.`
}

function remedy(parts: readonly Part[], wanted: NamespacedName): string | undefined {
  const sameName = parts.filter(
    ({ value }) =>
      kindOf(value) === 'VirtualService' && textAt(value, 'metadata', 'name') === wanted.name,
  )
  const groups = sameName
    .map(({ value }) => groupOf(value))
    .filter((one) => one !== ISTIO_NETWORKING)
  if (groups.length > 0)
    return `It has a VirtualService ${wanted.name} of another API group: ${groups[0] || 'none'}, not ${ISTIO_NETWORKING}.`
  const [elsewhere] = sameName.map(({ value }) => textAt(value, 'metadata', 'namespace'))
  if (elsewhere !== undefined)
    return `It has VirtualService ${elsewhere}/${wanted.name}. Check namespace.`
  const isValues = parts.length > 0 && parts.every(({ value }) => kindOf(value) === undefined)
  return isValues
    ? 'Its objects have no kind. If these are values of a template (Helm values, say), change the weight there yourself, or name a file that holds the rendered VirtualService.'
    : undefined
}

/** As many as fit in a message. */
const MOST_NAMED = 8

function contentsText(parts: readonly Part[]): string {
  if (parts.length === 0) return 'It has no object.'
  const names = parts.slice(0, MOST_NAMED).map(({ value }) => {
    const name = textAt(value, 'metadata', 'name') ?? 'without a name'
    const namespace = textAt(value, 'metadata', 'namespace')
    return `${kindOf(value) ?? 'an object without kind'} ${namespace === undefined ? name : `${namespace}/${name}`}`
  })
  const more = parts.length - names.length
  return `It has ${names.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}.`
}

function hasOperations(value: Json): boolean {
  const operations = objectsAt({ list: value }, 'list')
  return operations.some((one) => textAt(one, 'op') !== undefined && at(one, 'path') !== undefined)
}

function isKustomization(value: Json): boolean {
  if (kindOf(value) === 'Kustomization') return groupOf(value) === 'kustomize.config.k8s.io'
  const lists = ['patches', 'patchesJson6902', 'patchesStrategicMerge', 'resources']
  return kindOf(value) === undefined && isObject(value) && lists.some((list) => at(value, list))
}

function kindOf(value: Json): string | undefined {
  return textAt(value, 'kind')
}

function groupOf(value: Json): string {
  const [group = '', version] = (textAt(value, 'apiVersion') ?? '').split('/')
  return version === undefined ? '' : group
}

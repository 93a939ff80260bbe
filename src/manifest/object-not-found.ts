import { at, type Json, objectsAt, textAt } from '../kube/json.ts'
import type { Problem } from '../problem/problem.ts'
import { kindNamed } from '../routes/kinds.ts'
import { aKind, type ObjectName } from '../routes/object-name.ts'
import { hasPatches, isKustomization } from './kustomize/patches.ts'
import { manifestProblem } from './manifest-problem.ts'
import type { Part } from './part.ts'
import { lineNumber } from './splice.ts'
import { actionIn, oddKeyIn, templateIn, templateProblem } from './template.ts'
import { pairOf, type YamlDocument, type YamlNode } from './yaml/yaml-node.ts'

/** A file that was read: its text, its documents and the objects in them. */
type File = { text: string; documents: readonly YamlDocument[]; parts: readonly Part[] }

/** What a file has in place of the object, and what to do about it. */
export function objectNotFound(file: File, wanted: ObjectName): Problem {
  const unread = unreadDocument(file, wanted.kind)
  if (unread) return unread
  const { documents, parts } = file
  const code = 'ITS-MANIFEST-OBJECT-NOT-FOUND'
  const values = documents.map(({ value }) => value ?? null)
  if (values.some(hasOperations))
    return manifestProblem(
      code,
      `The file has JSON Patch operations, and no Kustomization in its folder says that they are for ${wanted.kind} ${wanted.namespace}/${wanted.name}.`,
      patchRemedy(wanted.kind),
    )
  const full = `${wanted.kind} ${wanted.namespace}/${wanted.name}`
  if (parts.some(({ value }) => isKustomization(value))) return kustomization(parts, wanted)
  const [has, remedy] = instead(parts, wanted)
  return manifestProblem(code, `The file has no ${full}. ${has}`, remedy)
}

/** The problem of a document that has no value, or of an object of the kind whose name is a template. */
function unreadDocument({ text, documents }: File, kind: string): Problem | undefined {
  const template = documents.flatMap(({ node, value }) => {
    if (node === undefined) return []
    return (value === undefined ? actionIn(node) : templateInName(node, value, kind)) ?? []
  })[0]
  if (template) return templateProblem(lineNumber(text, template.start))
  const odd = documents.flatMap(({ node, value }) =>
    node !== undefined && value === undefined ? (oddKeyIn(node) ?? []) : [],
  )[0]
  if (odd)
    return manifestProblem(
      'ITS-MANIFEST-INVALID',
      `Line ${lineNumber(text, odd.start)} has a list or a mapping as a key, which Kubernetes does not read.`,
    )
  const unread = documents.find(({ problem }) => problem !== '')
  return unread?.node
    ? manifestProblem(
        'ITS-MANIFEST-INVALID',
        `The document on line ${lineNumber(text, unread.node.start)} cannot be read: ${unread.problem}.`,
      )
    : undefined
}

/** The name of an object of this kind where it is a template. */
function templateInName(node: YamlNode, value: Json, kind: string): YamlNode | undefined {
  if (typeOf(value) !== kind || node.kind !== 'mapping') return undefined
  const metadata = pairOf(node, 'metadata')?.value
  const named = metadata?.kind === 'mapping' ? pairOf(metadata, 'name')?.value : undefined
  return named && templateIn(named)
}

export function patchRemedy(kind: string): string {
  const [list] = kindNamed(kind).ruleLists
  return `Write the patch as ${aKind(kind)} of its own instead (apiVersion, kind, metadata.name and the whole list of rules, such as spec.${list}), list that file under patches, and set manifest to it.`
}

function kustomization(parts: readonly Part[], { kind, namespace, name }: ObjectName): Problem {
  const patched = parts.some(({ value }) => hasPatches(value))
  const code = 'ITS-MANIFEST-OBJECT-NOT-FOUND'
  const what = `The file is a Kustomization, which has no ${kind} ${namespace}/${name} of its own.`
  return patched
    ? manifestProblem(code, `${what} It has no patch for it either.`, patchRemedy(kind))
    : manifestProblem(
        code,
        what,
        `Set manifest to the resource or patch file that has the ${kind}.`,
      )
}

/** What the file has instead, and what to do. */
function instead(
  parts: readonly Part[],
  { kind, name }: ObjectName,
): [has: string, remedy: string] {
  const { group } = kindNamed(kind).api
  const sameName = parts.filter(
    ({ value }) => typeOf(value) === kind && textAt(value, 'metadata', 'name') === name,
  )
  const groups = sameName.map(({ value }) => groupOf(value)).filter((one) => one !== group)
  if (groups.length > 0)
    return [
      `It has ${aKind(kind)} ${name} of another API group: ${groups[0] || 'none'}, not ${group}.`,
      '',
    ]
  const [elsewhere] = sameName.map(({ value }) => textAt(value, 'metadata', 'namespace'))
  if (elsewhere !== undefined) return [`It has ${kind} ${elsewhere}/${name}.`, 'Check namespace.']
  const isValues = parts.length > 0 && parts.every(({ value }) => typeOf(value) === undefined)
  return isValues
    ? [
        'Its objects have no kind.',
        `If these are values of a template, such as Helm values, change the weight there yourself, or name a file that holds the rendered ${kind}.`,
      ]
    : [contentsText(parts), '']
}

/** As many objects as fit in a message. */
const MOST_NAMED = 8

function contentsText(parts: readonly Part[]): string {
  if (parts.length === 0) return 'It has no object.'
  const names = parts.slice(0, MOST_NAMED).map(({ value }) => {
    const name = textAt(value, 'metadata', 'name') ?? 'without a name'
    const namespace = textAt(value, 'metadata', 'namespace')
    return `${typeOf(value) ?? 'an object without kind'} ${namespace === undefined ? name : `${namespace}/${name}`}`
  })
  const more = parts.length - names.length
  return `It has ${names.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}.`
}

function hasOperations(value: Json): boolean {
  const operations = objectsAt({ list: value }, 'list')
  return operations.some((one) => textAt(one, 'op') !== undefined && at(one, 'path') !== undefined)
}

function typeOf(value: Json): string | undefined {
  return textAt(value, 'kind')
}

function groupOf(value: Json): string {
  const [group = '', version] = (textAt(value, 'apiVersion') ?? '').split('/')
  return version === undefined ? '' : group
}

import { isObject, type Json, type JsonObject } from '../../kube/json.ts'
import type { Problem } from '../../problem/problem.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { kindNamed } from '../../routes/kinds.ts'
import type { ObjectName } from '../../routes/object-name.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Beside } from '../file/read-text.ts'
import { findObject } from '../find-object.ts'
import { manifestProblem } from '../manifest-problem.ts'
import { patchRemedy } from '../object-not-found.ts'
import type { OpenManifest } from '../opened.ts'
import { unclearWeights } from '../unclear-weights.ts'
import { parseDocuments } from '../yaml/yaml-tree.ts'
import { YamlError } from '../yaml/yaml-view.ts'
import { baseObject } from './base-object.ts'
import { componentsOf } from './components.ts'
import { editOperations, editPartial } from './edit-patch.ts'
import { wholeText } from './embedded-text.ts'
import { NAMES } from './names.ts'
import { applied, NotApplicable, type Operation, parseOperations } from './operations.ts'
import {
  isKustomization,
  type Kustomization,
  otherChange,
  type Patch,
  patchesFor,
  samePath,
} from './patches.ts'

/** A file that has patches for an object, and what is around it. */
export type PatchFile = { text: string; wanted: ObjectName; beside: Beside }

/**
 * Opens the object that the patches of a Kustomization change: those in the file, or, for a file of operations, those of
 * the Kustomization in its folder that names it. undefined where no patch is for the object.
 */
export function openKustomization(file: PatchFile): Result<OpenManifest> | undefined {
  try {
    return open(file)
  } catch (error) {
    if (error instanceof YamlError) return unclear(file, 'needs a file that is not valid YAML')
    if (error instanceof NotApplicable)
      return unclear(file, `has a patch that fails: ${error.message}`)
    throw error
  }
}

function open(file: PatchFile): Result<OpenManifest> | undefined {
  const around = kustomizationFor(file)
  if (around === undefined) return undefined
  const { kustomization, own } = around
  const { wanted, beside, text } = file
  const isOwn = (path: string) => own !== undefined && samePath(path, own)
  const read = (path: string) => (isOwn(path) ? text : beside.read(path))
  const patches = patchesFor(kustomization, wanted, { own, read })
  const [first, second] = patches
  if (first === undefined) return inComponent(file, kustomization, read)
  for (const patch of patches)
    if (patch.kind === 'unclear') return unclear(file, patch.why, patch.file)
  if (first.kind === 'partial' && second === undefined) return openPartial(file, first)
  const components = componentsOf(kustomization.value, wanted, beside.read)
  if ('why' in components) return unclear(file, components.why)
  const change = otherChange(kustomization.value, wanted.kind, beside.read)
  if (change !== undefined) return unclear(file, `has ${change}, which may change the weights too`)
  const operations = patches.flatMap((patch) =>
    patch.kind === 'operations' ? patch.operations : [],
  )
  if (patches.some(({ kind }) => kind === 'partial'))
    return unclear(file, 'has several patches for it of different kinds')
  const base = baseObject(kustomization.value, wanted, beside.read) ?? objectOf(wanted, operations)
  if (base === undefined)
    return unclear(
      file,
      'sets weights by their position, and none of its resources is a file here that has the destinations',
    )
  const raw = applied(base.raw, [...components.operations, ...operations])
  const editable = patches.flatMap((patch) =>
    patch.kind === 'operations' && patch.elsewhere === undefined ? patch.operations : [],
  )
  const [elsewhere] = patches.flatMap((patch) =>
    patch.kind === 'operations' ? (patch.elsewhere ?? []) : [],
  )
  const object: RouteObject = {
    ...base,
    namespace: wanted.namespace,
    name: wanted.name,
    spec: specOf(raw),
    raw: isObject(raw) ? raw : {},
  }
  return success({
    object,
    unclear: (rule) => unclearWeights(text, { value: object.raw, node: kustomization.node }, rule),
    edit: (rule, after) => {
      if (editable.length === 0 && elsewhere !== undefined)
        return unclear(file, `has its weights in ${elsewhere}`, elsewhere)
      const patched = { text, object, reopen: reopenOf(file), operations: editable }
      return editOperations(patched, rule, after)
    },
  })
}

/** The problem of a Kustomization without patches for the object, where one of its components has some. */
function inComponent(
  file: PatchFile,
  { value }: Kustomization,
  read: Beside['read'],
): Result<never> | undefined {
  const components = componentsOf(value, file.wanted, read)
  if ('why' in components || components.by === undefined) return undefined
  return unclear(file, `has its patches in ${components.by}`, components.by)
}

/** The object as the same file with another text has it. */
function reopenOf(file: PatchFile) {
  return (text: string) => {
    const opened = openKustomization({ ...file, text })
    return opened?.ok ? opened.value.object : undefined
  }
}

/** The Kustomization that applies the file's patches, and the file's name in it where it is not the Kustomization itself. */
function kustomizationFor({
  text,
  beside,
}: PatchFile): { kustomization: Kustomization; own: string | undefined } | undefined {
  const itself = kustomizationIn(text)
  if (itself) return { kustomization: itself, own: undefined }
  if (parseOperations(wholeText(text)) === undefined) return undefined
  for (const name of NAMES) {
    const other = beside.read(name)
    const kustomization = other === undefined ? undefined : kustomizationIn(other)
    if (kustomization) return { kustomization, own: beside.name }
  }
  return undefined
}

function kustomizationIn(text: string): Kustomization | undefined {
  for (const { node, value } of parseDocuments(text))
    if (node !== undefined && isObject(value) && isKustomization(value))
      return { text, value, node }
  return undefined
}

function openPartial(
  file: PatchFile,
  patch: Extract<Patch, { kind: 'partial' }>,
): Result<OpenManifest> {
  const { source } = patch
  const found = findObject(source.text, file.wanted)
  if (!found.ok) return found
  const { object, part } = found.value
  return success({
    object,
    unclear: (rule) => unclearWeights(source.text, part, rule),
    edit: (rule, after) =>
      editPartial({ text: file.text, object, reopen: reopenOf(file), source, part }, rule, after),
  })
}

/**
 * An object with nothing but what the operations write, where they write all destinations of each rule that they are
 * about. undefined where they do not.
 */
function objectOf(
  { kind, namespace, name }: ObjectName,
  operations: readonly Operation[],
): RouteObject | undefined {
  const { api, format } = kindNamed(kind)
  const spec: Record<string, Json[]> = {}
  for (const { path } of operations) {
    const [top, list = '', index = '', field, ...deeper] = path
    if (top !== 'spec' || !/^\d{1,6}$/.test(index)) continue
    const rules = spec[list] ?? []
    spec[list] = rules
    while (rules.length <= Number(index)) rules.push(null)
    if (rules[Number(index)] !== null) continue
    if (field !== format.list || deeper.length > 0) return undefined
    rules[Number(index)] = { [format.list]: [] }
  }
  const raw: JsonObject = { kind, metadata: { namespace, name }, spec: { ...spec } }
  const apiVersion = `${api.group}/${api.versions[0]}`
  const found = findObject(JSON.stringify({ apiVersion, ...raw }), { kind, namespace, name })
  return found.ok && Object.keys(spec).length > 0 ? found.value.object : undefined
}

function specOf(raw: Json): JsonObject {
  const spec = isObject(raw) ? raw.spec : undefined
  return isObject(spec) ? spec : {}
}

function unclear({ wanted }: PatchFile, why: string, otherFile?: string): Result<never> {
  return failure(unclearProblem(wanted, why, otherFile))
}

function unclearProblem(
  { kind, namespace, name }: ObjectName,
  why: string,
  otherFile?: string,
): Problem {
  return manifestProblem(
    'ITS-MANIFEST-PATCH-UNCLEAR',
    `The weights of ${kind} ${namespace}/${name} cannot be edited here: the Kustomization ${why}.`,
    otherFile === undefined ? patchRemedy(kind) : 'Set manifest to that file.',
  )
}

import path from 'node:path'
import { isObject, type Json, type JsonObject, textsAt } from '../../kube/json.ts'
import type { ObjectName } from '../../routes/object-name.ts'
import { parseDocuments } from '../yaml/yaml-tree.ts'
import { NAMES } from './names.ts'
import type { Operation } from './operations.ts'
import {
  isKustomization,
  type Kustomization,
  otherChange,
  patchesFor,
  type ReadBeside,
} from './patches.ts'

/** What components do to an object before the patches of the Kustomization that names them. */
export type OfComponents = {
  operations: readonly Operation[]
  /** The file of the component whose operations they are; undefined where there are none. */
  by: string | undefined
  /** The files and folders that components add, by their path from the Kustomization's folder. */
  resources: readonly string[]
}

/** Fields that change names or namespaces of everything that a Kustomization has by then. */
const RENAMING = ['namespace', 'namePrefix', 'nameSuffix']

/**
 * What the components of a Kustomization do to an object; a clause without a period where that is not clear. Kustomize
 * applies components in their order, after the resources and before the own patches.
 */
export function componentsOf(
  value: JsonObject,
  wanted: ObjectName,
  read: ReadBeside,
): OfComponents | { why: string } {
  const folders = textsAt(value, 'components')
  const operations: Operation[] = []
  const resources: string[] = []
  let by: string | undefined
  if (isList(value.components) && folders.length < value.components.length)
    return { why: 'has components in a form that is not known' }
  for (const folder of folders) {
    const component = componentIn(folder, read)
    if (component === undefined) return { why: `has the component ${folder}, which cannot be read` }
    const change = ownChange(component, wanted, (file) => read(path.join(folder, file)))
    if ('why' in change) return { why: `has the component ${folder}, which ${change.why}` }
    if (change.operations.length > 0) by = component.file
    operations.push(...change.operations)
    resources.push(...textsAt(component.value, 'resources').map((one) => path.join(folder, one)))
  }
  return { operations, by, resources }
}

function ownChange(
  component: Kustomization,
  wanted: ObjectName,
  read: ReadBeside,
): { operations: readonly Operation[] } | { why: string } {
  const { value } = component
  const renaming = RENAMING.find((field) => value[field] !== undefined)
  if (renaming !== undefined) return { why: `has ${renaming}` }
  if (isList(value.components)) return { why: 'has components too' }
  const other = otherChange(value, wanted.kind, read)
  if (other !== undefined) return { why: `has ${other}, which may change the weights too` }
  const patches = patchesFor(component, wanted, { own: undefined, read })
  const operations: Operation[] = []
  for (const patch of patches) {
    if (patch.kind === 'unclear') return { why: patch.why }
    if (patch.kind === 'partial') return { why: `has a part of the ${wanted.kind} in a patch` }
    operations.push(...patch.operations)
  }
  return { operations }
}

/** The component of a folder; undefined where there is none, or none that can be read. */
function componentIn(
  folder: string,
  read: ReadBeside,
): (Kustomization & { file: string }) | undefined {
  for (const name of NAMES) {
    const file = path.join(folder, name)
    const text = read(file)
    for (const { node, value } of text === undefined ? [] : parseDocuments(text))
      if (text !== undefined && node !== undefined && isObject(value) && isKustomization(value))
        return { text, value, node, file }
  }
  return undefined
}

function isList(value: Json | undefined): value is Json[] {
  return Array.isArray(value) && value.length > 0
}

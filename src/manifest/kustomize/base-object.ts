import path from 'node:path'
import { isObject, type Json, type JsonObject, textAt, textsAt } from '../../kube/json.ts'
import type { ObjectName } from '../../routes/object-name.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { findObject } from '../find-object.ts'
import { parseDocuments } from '../yaml/yaml-tree.ts'
import { componentsOf } from './components.ts'
import { NAMES } from './names.ts'
import { hasPatches, isKustomization, namesOf, otherChange, type ReadBeside } from './patches.ts'

/** More than any base is nested. */
const MOST_LEVELS = 8

/**
 * The object as the resources of a Kustomization have it, before its own patches. undefined where no file has it. A
 * base with patches of its own, or of its components, may have changed the object, so it is not looked into.
 */
export function baseObject(
  around: JsonObject,
  wanted: ObjectName,
  read: ReadBeside,
  level = 0,
): RouteObject | undefined {
  const components = componentsOf(around, wanted, read)
  if ('why' in components) return undefined
  const own = [...textsAt(around, 'resources'), ...textsAt(around, 'bases')]
  const resources = [...own, ...components.resources]
  for (const resource of resources) {
    if (level > MOST_LEVELS || /:\/\/|\?|^[\w.-]+\.[a-z]+\//.test(resource)) continue
    const text = read(resource)
    const found =
      text === undefined
        ? inFolder(resource, { around, wanted, read, level })
        : inFile(text, around, wanted)
    if (found !== undefined) return found
  }
  return undefined
}

function inFile(text: string, around: JsonObject, wanted: ObjectName): RouteObject | undefined {
  for (const name of namesOf(wanted.name, around)) {
    const namespace = namespaceIn(text, around, { ...wanted, name })
    const found = findObject(text, { ...wanted, name, namespace })
    if (found.ok) return found.value.object
  }
  return undefined
}

/** A Kustomization with a namespace gives it to objects of any other one. */
function namespaceIn(
  text: string,
  around: JsonObject,
  { kind, name, namespace }: ObjectName,
): string {
  if (textAt(around, 'namespace') === undefined) return namespace
  const values = parseDocuments(text).map(({ value }) => value)
  const same = values.filter(
    (value) => textAt(value, 'kind') === kind && textAt(value, 'metadata', 'name') === name,
  )
  return same.flatMap((value) => textAt(value, 'metadata', 'namespace') ?? [])[0] ?? namespace
}

type Search = { around: JsonObject; wanted: ObjectName; read: ReadBeside; level: number }

function inFolder(
  folder: string,
  { around, wanted, read, level }: Search,
): RouteObject | undefined {
  const below = kustomizationIn(folder, read)
  if (below === undefined || hasPatches(below)) return undefined
  const readBelow: ReadBeside = (file) => read(path.join(folder, file))
  if (otherChange(below, wanted.kind, readBelow)) return undefined
  const components = componentsOf(below, wanted, readBelow)
  if ('why' in components || components.by !== undefined) return undefined
  const { namespace = null } = around
  // The namespace of the outer one counts for what is in the inner one.
  const inner = { ...below, ...(namespace === null ? {} : { namespace }) }
  for (const name of namesOf(wanted.name, around)) {
    const found = baseObject(inner, { ...wanted, name }, readBelow, level + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** The Kustomization of a folder; undefined where there is none. */
export function kustomizationIn(folder: string, read: ReadBeside): JsonObject | undefined {
  for (const name of NAMES) {
    const text = read(path.join(folder, name))
    if (text !== undefined) return kustomizationOf(text)
  }
  return undefined
}

function kustomizationOf(text: string): JsonObject | undefined {
  const values = parseDocuments(text).map(({ value }): Json => value ?? null)
  return values.filter(isObject).find(isKustomization)
}

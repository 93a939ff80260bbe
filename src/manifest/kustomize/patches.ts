import { at, isObject, type Json, type JsonObject, objectsAt, textAt } from '../../kube/json.ts'
import { kindNamed } from '../../routes/kinds.ts'
import type { ObjectName } from '../../routes/object-name.ts'
import { pairOf, type YamlNode } from '../yaml/yaml-node.ts'
import { parseDocuments } from '../yaml/yaml-tree.ts'
import { type EmbeddedText, embeddedText, wholeText } from './embedded-text.ts'
import { type Operation, parseOperations } from './operations.ts'

/** A Kustomization, and how it is written. */
export type Kustomization = { text: string; value: JsonObject; node: YamlNode }

/** A patch of a Kustomization that is for an object, or may be. */
export type Patch =
  /** `elsewhere`: the other file that they are in, where they cannot be edited. */
  | { kind: 'operations'; operations: readonly Operation[]; elsewhere: string | undefined }
  /** A part of the object itself, in the Kustomization. */
  | { kind: 'partial'; source: EmbeddedText }
  /** `why` is a clause without a period. */
  | { kind: 'unclear'; why: string; file?: string }

/** Reads another file, by its path from the Kustomization's folder; undefined where it cannot be read. */
export type ReadBeside = (path: string) => string | undefined

export function isKustomization(value: Json): boolean {
  const kind = textAt(value, 'kind')
  if (kind === 'Kustomization' || kind === 'Component')
    return (textAt(value, 'apiVersion') ?? '').startsWith('kustomize.config.k8s.io/')
  return kind === undefined && isObject(value) && LISTS.some((list) => at(value, list))
}

const PATCH_LISTS = ['patches', 'patchesJson6902', 'patchesStrategicMerge'] as const
const LISTS = [...PATCH_LISTS, 'resources', 'bases']

export function hasPatches(value: Json): boolean {
  return PATCH_LISTS.some((list) => at(value, list) !== undefined)
}

/** The field of a Kustomization, beside its components and patches, that may change objects of a kind; undefined where there is none. */
export function otherChange(value: JsonObject, kind: string, read: ReadBeside): string | undefined {
  const { transformers } = value
  const texts = Array.isArray(transformers) ? transformers : []
  const { ruleLists } = kindNamed(kind)
  if (!texts.every((one) => isHarmless(one, ruleLists, read))) return 'transformers'
  const kinds = objectsAt(value, 'replacements').flatMap((one) =>
    'path' in one
      ? [kind]
      : objectsAt(one, 'targets').map((target) => textAt(target, 'select', 'kind')),
  )
  return kinds.some((one) => one === undefined || one === kind) ? 'replacements' : undefined
}

/** Transformers of Kustomize itself that leave the rules of a route object alone, unless their fields say otherwise. */
const HARMLESS = [
  'AnnotationsTransformer',
  'ImageTagTransformer',
  'LabelTransformer',
  'ReplicaCountTransformer',
]

/** Whether a transformer, a file or its text, is known to change no rule in these lists of a spec. */
function isHarmless(entry: Json, lists: readonly string[], read: ReadBeside): boolean {
  const isInRule = (path: string) => lists.some((list) => path.startsWith(`spec/${list}`))
  if (typeof entry !== 'string') return false
  const text = entry.includes('\n') ? entry : read(entry)
  const documents = text === undefined ? [] : parseDocuments(text)
  return (
    documents.length > 0 &&
    documents.every(({ value = null }) => {
      const isKnown =
        textAt(value, 'apiVersion') === 'builtin' && HARMLESS.includes(textAt(value, 'kind') ?? '')
      const fields = [...objectsAt(value, 'fieldSpecs'), at(value, 'fieldSpec') ?? null]
      return isKnown && !fields.some((one) => isInRule(textAt(one, 'path') ?? ''))
    })
  )
}

/**
 * The patches of a Kustomization for an object, in the order in which they are applied.
 *
 * @param own the path of a file of operations that is to be edited, from the Kustomization's folder; undefined: the Kustomization itself
 */
export function patchesFor(
  { text, value, node }: Kustomization,
  wanted: ObjectName,
  { own, read }: { own: string | undefined; read: ReadBeside },
): Patch[] {
  const named = PATCH_LISTS.slice(0, 2).flatMap((list) => {
    const items = node.kind === 'mapping' ? pairOf(node, list)?.value : undefined
    return objectsAt(value, list).map((entry, index) => ({
      entry,
      item: items?.kind === 'sequence' ? items.items[index] : undefined,
    }))
  })
  const found = named.flatMap(({ entry, item }): Patch[] => {
    const path = textAt(entry, 'path')
    const aim = aimOf(entry, wanted, value)
    if (aim === 'other') return []
    const source = path === undefined ? inlineSource(text, item) : wholeTextOrNone(read(path))
    if (source === undefined)
      return [
        {
          kind: 'unclear',
          why:
            path === undefined
              ? 'has a patch in a form that cannot be edited in place'
              : `has the patch ${path}, which cannot be read`,
        },
      ]
    const operations = parseOperations(source)
    if (operations === undefined) return partialOf(source, path, wanted)
    if (aim === 'unclear')
      return [{ kind: 'unclear', why: 'has a patch whose target has no kind and name' }]
    const isHere = own === undefined ? path === undefined : samePath(path, own)
    const elsewhere = isHere ? undefined : (path ?? 'the Kustomization')
    return [{ kind: 'operations', operations, elsewhere }]
  })
  return [...found, ...mergedFiles(value, wanted, read)]
}

/** Whether the target of a patch is the object. A patch without a target says itself what it is for. */
function aimOf(
  entry: JsonObject,
  wanted: ObjectName,
  around: JsonObject,
): 'object' | 'other' | 'unclear' {
  const { target } = entry
  if (!isObject(target)) return 'unclear'
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => textAt(target, key))
  if (kind !== undefined && kind !== wanted.kind && isPlain(kind)) return 'other'
  // The target has the namespace that the object has in the resources.
  if (namespace !== undefined && namespace !== wanted.namespace && isPlain(namespace))
    return textAt(around, 'namespace') === undefined ? 'other' : 'unclear'
  if (name !== undefined && isPlain(name) && !namesOf(wanted.name, around).includes(name))
    return 'other'
  return kind === wanted.kind && name !== undefined && isPlain(name) ? 'object' : 'unclear'
}

/** Kustomize reads the fields of a target as regular expressions. A dot is usual in a name. */
function isPlain(pattern: string): boolean {
  return /^[\w.-]+$/.test(pattern)
}

/** The names that the object can have in the Kustomization: its own, and that without prefix and suffix. */
export function namesOf(name: string, around: JsonObject): string[] {
  const [prefix = '', suffix = ''] = ['namePrefix', 'nameSuffix'].map((key) => textAt(around, key))
  const isLong = name.startsWith(prefix) && name.endsWith(suffix)
  return [name, ...(isLong ? [name.slice(prefix.length, name.length - suffix.length)] : [])]
}

function inlineSource(text: string, item: YamlNode | undefined): EmbeddedText | undefined {
  const patch = item?.kind === 'mapping' ? pairOf(item, 'patch')?.value : undefined
  return patch?.kind === 'scalar' ? embeddedText(text, patch) : undefined
}

function wholeTextOrNone(text: string | undefined): EmbeddedText | undefined {
  return text === undefined ? undefined : wholeText(text)
}

/** A patch that is a part of an object, if it is of this one. */
function partialOf(source: EmbeddedText, path: string | undefined, wanted: ObjectName): Patch[] {
  const isOfObject = parseDocuments(source.text).some(
    ({ value }) =>
      textAt(value, 'kind') === wanted.kind && textAt(value, 'metadata', 'name') === wanted.name,
  )
  if (!isOfObject) return []
  return path === undefined
    ? [{ kind: 'partial', source }]
    : [{ kind: 'unclear', why: `has the ${wanted.kind} in its patch ${path}`, file: path }]
}

function mergedFiles(value: JsonObject, wanted: ObjectName, read: ReadBeside): Patch[] {
  const paths = at(value, 'patchesStrategicMerge')
  if (!Array.isArray(paths)) return []
  return paths.flatMap((path) => {
    const text = typeof path === 'string' && !path.includes('\n') ? read(path) : undefined
    return text === undefined || typeof path !== 'string'
      ? []
      : partialOf(wholeText(text), path, wanted)
  })
}

/** Whether two relative paths name the same file. */
export function samePath(one: string | undefined, other: string): boolean {
  const bare = (path: string) => path.replace(/^(\.\/)+/, '')
  return one !== undefined && bare(one) === bare(other)
}

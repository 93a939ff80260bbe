import { boolYaml11Tag, CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml'
import { isObject, type Json, type JsonObject } from '../../json.ts'
import { hasLostLineBreaks, hasWrittenLineBreaks, kubeconfigText } from './kubeconfig-text.ts'
import { yamlErrorText } from './yaml-error.ts'

/** kubectl reads YAML 1.1, in which yes and off are booleans. */
const SCHEMA = CORE_SCHEMA.withTags(boolYaml11Tag, mergeTag)
/** More than any kubeconfig has; aliases of aliases have more. */
const MOST_NODES = 100_000

/**
 * The mapping in the text of a kubeconfig. As in kubectl, it is empty without a document. No error text repeats a part of
 * the kubeconfig.
 */
export function kubeconfigDocument(text: string): JsonObject {
  const found = kubeconfigText(text)
  if (found.kind === 'data') throw new Error(`it looks like ${found.what}. ${found.remedy}`)
  // On one line a kubeconfig may still be valid YAML, but with other fields than intended.
  if (hasLostLineBreaks(text))
    throw new Error(
      'its line breaks are lost, so it is all on one line. Quote the variable where the file is written: printf \'%s\\n\' "$KUBECONFIG_DATA"',
    )
  if (hasWrittenLineBreaks(text))
    throw new Error(
      'its line breaks are written as \\n, so it is all on one line. Give it with real line breaks: printf \'%b\' "$KUBECONFIG_DATA"',
    )
  const document = copyOf(parsed(text), { left: MOST_NODES })
  if (document === null) return {}
  if (!isObject(document)) throw new Error('it is not a YAML mapping')
  const kind = document.kind ?? 'Config'
  const version = document.apiVersion ?? 'v1'
  if (kind !== 'Config' && kind !== '')
    throw new Error('its kind is not Config, so it is not a kubeconfig')
  if (version !== 'v1' && version !== '')
    throw new Error('its apiVersion is not v1, the only version of a kubeconfig')
  return document
}

/** The first document. As in kubectl, the others are ignored, and the last one of duplicate keys counts. */
function parsed(text: string): Json {
  try {
    const [first] = loadAll(text, { schema: SCHEMA, json: true }) as Json[]
    return first ?? null
  } catch (error) {
    throw new Error(yamlErrorText(error))
  }
}

/** A copy without shared parts. Aliases of aliases can need more memory than there is. */
function copyOf(value: Json, nodes: { left: number }): Json {
  nodes.left -= 1
  if (nodes.left < 0)
    throw new Error(`it has more than ${MOST_NODES} values, or aliases of aliases`)
  if (Array.isArray(value)) return value.map((item) => copyOf(item, nodes))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item, nodes)]))
}

/** The text of a file's bytes: UTF-8, or UTF-16 where a byte order mark says so, as in kubectl's YAML. */
export function textOfBytes(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2))
    return Buffer.from(even).swap16().toString('utf16le')
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_DOCUMENT,
  type Event,
  mergeTag,
  YAMLException,
} from 'js-yaml'
import type { Json } from '../../kube/json.ts'
import { refuseForeignLineEnds } from '../foreign-line-end.ts'
import { aliasWithin, hasTooManyAliases } from './alias-size.ts'
import { readNode } from './read-node.ts'
import { parseView, YamlError, type YamlView } from './yaml-view.ts'

/**
 * A node of a YAML text with its place there: offsets in UTF-16 units, `end` exclusive and behind
 * a closing quote or bracket. An anchor and a tag stand before `start`.
 */
export type YamlNode = ScalarNode | MappingNode | SequenceNode | AliasNode

type Placed = {
  start: number
  end: number
  /** The name of its anchor, or of the one that an alias refers to. */
  anchor: string | undefined
}

export type ScalarNode = Placed & {
  kind: 'scalar'
  value: string
  /** Without the quotes around it. */
  valueStart: number
  valueEnd: number
  style: 'plain' | 'single' | 'double' | 'block'
}
export type MappingNode = Placed & { kind: 'mapping'; flow: boolean; pairs: readonly Pair[] }
export type SequenceNode = Placed & { kind: 'sequence'; flow: boolean; items: readonly YamlNode[] }
export type AliasNode = Placed & { kind: 'alias' }
export type Pair = { key: YamlNode; value: YamlNode }

/** One document of a YAML text: where its parts are, and what it means. */
export type YamlDocument = {
  node: YamlNode | undefined
  /** undefined where it means nothing that JSON could hold, as with a mapping for a key. */
  value: Json | undefined
  /** Why it means nothing; empty where it does. */
  trouble: string
}

/** YAML 1.2's core schema, and the merge key of YAML 1.1, which go-yaml and so kubectl resolves. */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag)

/** Throws a YamlError for a text that is no YAML. */
export function parseDocuments(text: string): YamlDocument[] {
  const view = parseView(text)
  refuseForeignLineEnds(view)
  if (hasTooManyAliases(view.text, view.events))
    throw new YamlError('its aliases amount to more than 1,000,000 values')
  return documentEvents(view.events.map((event) => withoutOwnTag(view.text, event))).map(
    (events) => ({ node: readNode(view, events), ...constructed(view, events) }),
  )
}

/** The pair of this key. Of several the last counts, as it does for js-yaml's values. */
export function pairOf(mapping: MappingNode, key: string): Pair | undefined {
  return mapping.pairs.findLast((pair) => pair.key.kind === 'scalar' && pair.key.value === key)
}

/** A node and all that is in it. */
export function nodesOf(node: YamlNode): YamlNode[] {
  if (node.kind === 'mapping')
    return [node, ...node.pairs.flatMap(({ key, value }) => [...nodesOf(key), ...nodesOf(value)])]
  return node.kind === 'sequence' ? [node, ...node.items.flatMap(nodesOf)] : [node]
}

function documentEvents(events: readonly Event[]): Event[][] {
  const documents: Event[][] = []
  for (const event of events) {
    if (event.type === EVENT_DOCUMENT) documents.push([event])
    else documents.at(-1)?.push(event)
  }
  return documents
}

/** A duplicate key is no reason to refuse another object of the file; see `editRoutes` for the one that is edited. */
function constructed({ text }: YamlView, events: Event[]): Pick<YamlDocument, 'value' | 'trouble'> {
  const self = aliasWithin(text, events)
  if (self !== undefined)
    return { value: undefined, trouble: `the alias *${self} is within what it stands for` }
  try {
    const [value] = constructFromEvents(events, { source: text, schema: SCHEMA, json: true })
    return { value: value as Json, trouble: '' }
  } catch (error) {
    if (error instanceof YAMLException) return { value: undefined, trouble: error.reason }
    throw error
  }
}

const TAGS = /^(!|!!(str|int|float|bool|null|seq|map|merge))$/

/** A tag of an application (`!vault`, `!Ref`) says nothing to Kubernetes; its value is read as if it were not there. */
function withoutOwnTag(text: string, event: Event): Event {
  if (!('tagStart' in event) || event.tagStart < 0) return event
  if (TAGS.test(text.slice(event.tagStart, event.tagEnd))) return event
  return { ...event, tagStart: -1, tagEnd: -1 }
}

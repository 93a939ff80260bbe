import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_DOCUMENT,
  type Event,
  mergeTag,
  YAMLException,
} from 'js-yaml'
import type { Json } from '../../kube/json.ts'
import { aliasWithin, hasTooManyAliases } from './alias-size.ts'
import { refuseForeignLineEnds } from './foreign-line-end.ts'
import { readNode } from './read-node.ts'
import type { YamlDocument } from './yaml-node.ts'
import { parseView, YamlError, type YamlView } from './yaml-view.ts'

/** YAML 1.2's core schema, and the merge key of YAML 1.1, which go-yaml and so kubectl resolves. */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag)

/** The documents of a text. Throws a YamlError for a text that is not YAML. */
export function parseDocuments(text: string): YamlDocument[] {
  const view = parseView(text)
  refuseForeignLineEnds(view)
  if (hasTooManyAliases(view.text, view.events))
    throw new YamlError('its aliases expand to more than 1,000,000 values')
  return documentEvents(view.events.map((event) => withoutOwnTag(view.text, event))).map(
    (events) => ({ node: readNode(view, events), ...constructed(view, events) }),
  )
}

function documentEvents(events: readonly Event[]): Event[][] {
  const documents: Event[][] = []
  for (const event of events) {
    if (event.type === EVENT_DOCUMENT) documents.push([event])
    else documents.at(-1)?.push(event)
  }
  return documents
}

/** A duplicate key does not matter here: only the object that is edited must have none, and `findObject` checks it. */
function constructed({ text }: YamlView, events: Event[]): Pick<YamlDocument, 'value' | 'problem'> {
  const self = aliasWithin(text, events)
  if (self !== undefined)
    return { value: undefined, problem: `the alias *${self} is within its own anchor` }
  try {
    const [value] = constructFromEvents(events, { source: text, schema: SCHEMA, json: true })
    return { value: value as Json, problem: '' }
  } catch (error) {
    if (error instanceof YAMLException) return { value: undefined, problem: error.reason }
    throw error
  }
}

const TAGS = /^(!|!!(str|int|float|bool|null|seq|map|merge))$/

/** A tag of an application (`!vault`, `!Ref`) means nothing to Kubernetes. Its value is read as if there were no tag. */
function withoutOwnTag(text: string, event: Event): Event {
  if (!('tagStart' in event) || event.tagStart < 0) return event
  if (TAGS.test(text.slice(event.tagStart, event.tagEnd))) return event
  return { ...event, tagStart: -1, tagEnd: -1 }
}

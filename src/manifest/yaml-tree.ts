import {
  COLLECTION_STYLE_FLOW,
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_PLAIN,
  SCALAR_STYLE_SINGLE_QUOTED,
  type ScalarEvent,
} from 'js-yaml'
import type { Json } from '../mesh/json.ts'

/**
 * A node of a YAML text with its place there: offsets in UTF-16 units, `end` exclusive and behind
 * a closing quote or bracket. An anchor and a tag stand before `start`.
 */
export type YamlNode = ScalarNode | MappingNode | SequenceNode | AliasNode

type Placed = { start: number; end: number; anchored: boolean }

export type ScalarNode = Placed & {
  kind: 'scalar'
  value: string
  /** Without the quotes around it. */
  valueStart: number
  valueEnd: number
  plain: boolean
}
export type MappingNode = Placed & { kind: 'mapping'; flow: boolean; pairs: readonly Pair[] }
export type SequenceNode = Placed & { kind: 'sequence'; flow: boolean; items: readonly YamlNode[] }
export type AliasNode = Placed & { kind: 'alias' }
export type Pair = { key: YamlNode; value: YamlNode }

/** One document of a YAML text: where its parts stand, and what it means. */
export type YamlDocument = { node: YamlNode | undefined; value: Json }

/**
 * The documents of a YAML text. Throws js-yaml's YAMLException for a text that is no YAML. Values
 * are read as YAML 1.2's core schema has them, so `<<` is a key like any other.
 */
export function parseDocuments(text: string): YamlDocument[] {
  const events = parseEvents(text, {})
  const values = constructFromEvents(events, { source: text, schema: CORE_SCHEMA }) as Json[]
  const reader = startReading(text, events)
  return values.map((value) => ({ node: reader.document(), value }))
}

function startReading(text: string, events: readonly Event[]) {
  let next = 0

  function document(): YamlNode | undefined {
    while (next < events.length && events[next]?.type !== EVENT_DOCUMENT) next += 1
    next += 1
    return events[next] === undefined || ended() ? undefined : node(0)
  }

  function ended(): boolean {
    return next >= events.length || events[next]?.type === EVENT_POP
  }

  /** `after`: where a node stands of which nothing is written. */
  function node(after: number): YamlNode {
    const event = events[next]
    next += 1
    switch (event?.type) {
      case EVENT_SCALAR:
        return scalarNode(text, event, after)
      case EVENT_ALIAS:
        return {
          kind: 'alias',
          start: event.anchorStart - 1,
          end: event.anchorEnd,
          anchored: true,
        }
      case EVENT_SEQUENCE: {
        const items: YamlNode[] = []
        while (!ended()) items.push(node(items.at(-1)?.end ?? event.start))
        next += 1
        const flow = event.style === COLLECTION_STYLE_FLOW
        const last = items.at(-1)?.end ?? event.start + 1
        const end = flow ? behindBracket(text, last, ']') : last
        return { kind: 'sequence', start: event.start, end, anchored: anchored(event), flow, items }
      }
      case EVENT_MAPPING: {
        const pairs: Pair[] = []
        while (!ended()) {
          const key = node(pairs.at(-1)?.value.end ?? event.start)
          pairs.push({ key, value: node(key.end) })
        }
        next += 1
        const flow = event.style === COLLECTION_STYLE_FLOW
        const last = pairs.at(-1)?.value.end ?? event.start + 1
        const end = flow ? behindBracket(text, last, '}') : last
        return { kind: 'mapping', start: event.start, end, anchored: anchored(event), flow, pairs }
      }
      default:
        throw new Error('a YAML document ended within a node')
    }
  }

  return { document }
}

function scalarNode(text: string, event: ScalarEvent, after: number): ScalarNode {
  const written = event.valueStart >= 0
  const bare = Math.max(after, event.anchorEnd, event.tagEnd)
  const valueStart = written ? event.valueStart : bare
  const valueEnd = written ? event.valueEnd : bare
  const quoted =
    event.style === SCALAR_STYLE_SINGLE_QUOTED || event.style === SCALAR_STYLE_DOUBLE_QUOTED
  // A block scalar's range takes in the line end behind it.
  const end = quoted ? valueEnd + 1 : Math.max(bare, text.slice(0, valueEnd).trimEnd().length)
  return {
    kind: 'scalar',
    value: getScalarValue(text, event),
    start: quoted ? valueStart - 1 : valueStart,
    end,
    valueStart,
    valueEnd,
    plain: event.style === SCALAR_STYLE_PLAIN,
    anchored: anchored(event),
  }
}

function anchored({ anchorStart }: { anchorStart: number }): boolean {
  return anchorStart >= 0
}

/** Between the last part of a flow collection and its bracket stand blanks, commas, a colon and comments. */
function behindBracket(text: string, from: number, bracket: ']' | '}'): number {
  let position = from
  while (position < text.length && text[position] !== bracket) {
    const comment = text[position] === '#' ? /^[^\r\n]*/.exec(text.slice(position)) : null
    position += comment ? comment[0].length : 1
  }
  return position + 1
}

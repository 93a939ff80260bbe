import {
  COLLECTION_STYLE_FLOW,
  EVENT_ALIAS,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_PLAIN,
  SCALAR_STYLE_SINGLE_QUOTED,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml'
import { anchorName } from './alias-size.ts'
import type { Pair, ScalarNode, YamlNode } from './yaml-node.ts'
import type { YamlView } from './yaml-view.ts'

/** The node of a document's events, placed in the file's text; undefined where nothing is written. */
export function readNode(view: YamlView, events: readonly Event[]): YamlNode | undefined {
  const { text } = view
  let next = 1
  if (ended()) return undefined
  const root = node(0)
  return view.isText ? root : placed(view.origin, root)

  function ended(): boolean {
    return next >= events.length || events[next]?.type === EVENT_POP
  }

  /** `after`: where a node is of which nothing is written. */
  function node(after: number): YamlNode {
    const event = events[next]
    next += 1
    if (event?.type === EVENT_SCALAR) return scalarNode(text, event, after)
    if (event?.type === EVENT_ALIAS)
      return {
        kind: 'alias',
        start: event.anchorStart - 1,
        end: event.anchorEnd,
        anchor: anchorName(text, event),
      }
    if (event?.type !== EVENT_SEQUENCE && event?.type !== EVENT_MAPPING)
      throw new Error('a YAML document ended within a node')
    return event.type === EVENT_SEQUENCE ? sequence(event) : mapping(event)
  }

  function sequence(event: SequenceEvent): YamlNode {
    const { start } = event
    const items: YamlNode[] = []
    while (!ended()) items.push(node(items.at(-1)?.end ?? start))
    next += 1
    const flow = event.style === COLLECTION_STYLE_FLOW
    const last = items.at(-1)?.end ?? start + 1
    const end = flow ? behindBracket(text, last, ']') : last
    return { kind: 'sequence', start, end, anchor: anchorName(text, event), flow, items }
  }

  function mapping(event: MappingEvent): YamlNode {
    const { start } = event
    const pairs: Pair[] = []
    while (!ended()) {
      const key = node(pairs.at(-1)?.value.end ?? start)
      pairs.push({ key, value: node(key.end) })
    }
    next += 1
    const flow = event.style === COLLECTION_STYLE_FLOW
    const last = pairs.at(-1)?.value.end ?? start + 1
    const end = flow ? behindBracket(text, last, '}') : last
    return { kind: 'mapping', start, end, anchor: anchorName(text, event), flow, pairs }
  }
}

function scalarNode(text: string, event: ScalarEvent, after: number): ScalarNode {
  const written = event.valueStart >= 0
  const bare = Math.max(after, event.anchorEnd, event.tagEnd)
  const valueStart = written ? event.valueStart : bare
  const valueEnd = written ? event.valueEnd : bare
  const style = styleOf(event)
  const quoted = style === 'single' || style === 'double'
  return {
    kind: 'scalar',
    value: getScalarValue(text, event),
    start: quoted ? valueStart - 1 : valueStart,
    end: quoted ? valueEnd + 1 : Math.max(bare, endOfText(text, valueStart, valueEnd)),
    valueStart,
    valueEnd,
    style,
    anchor: anchorName(text, event),
  }
}

function styleOf({ style }: ScalarEvent): ScalarNode['style'] {
  if (style === SCALAR_STYLE_PLAIN) return 'plain'
  if (style === SCALAR_STYLE_SINGLE_QUOTED) return 'single'
  return style === SCALAR_STYLE_DOUBLE_QUOTED ? 'double' : 'block'
}

/** A block scalar's range takes in the line end behind it. */
function endOfText(text: string, from: number, to: number): number {
  let end = to
  while (end > from && /\s/.test(text.charAt(end - 1))) end -= 1
  return end
}

/** Between the last part of a flow collection and its bracket are blanks, commas, a colon and comments. */
function behindBracket(text: string, from: number, bracket: ']' | '}'): number {
  let position = from
  while (position < text.length && text[position] !== bracket) {
    const inComment = text[position] === '#'
    position += 1
    while (inComment && position < text.length && !/[\r\n]/.test(text.charAt(position)))
      position += 1
  }
  return position + 1
}

/** The node with the places of the file in place of the view's. */
function placed(origin: YamlView['origin'], node: YamlNode): YamlNode {
  const at = <T extends YamlNode>(one: T): T => ({
    ...one,
    start: origin(one.start),
    // The end is exclusive: the character before it decides.
    end: one.end > one.start ? origin(one.end - 1) + 1 : origin(one.end),
  })
  if (node.kind === 'mapping') {
    const pairs = node.pairs.map(({ key, value }) => ({
      key: placed(origin, key),
      value: placed(origin, value),
    }))
    return { ...at(node), pairs }
  }
  if (node.kind === 'sequence')
    return { ...at(node), items: node.items.map((item) => placed(origin, item)) }
  if (node.kind === 'alias') return at(node)
  const { valueStart, valueEnd } = node
  return {
    ...at(node),
    valueStart: origin(valueStart),
    valueEnd: valueEnd > valueStart ? origin(valueEnd - 1) + 1 : origin(valueEnd),
  }
}

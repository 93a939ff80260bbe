import {
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
} from 'js-yaml'

/** More nodes than any manifest has, and few enough to be compared in a moment. */
const MAX_NODES = 1_000_000

/**
 * Whether the aliases of a YAML text amount to more nodes than any manifest has: a few lines can expand
 * to 10^10 values ("billion laughs"), which go-yaml refuses too.
 */
export function hasTooManyAliases(text: string, events: readonly Event[]): boolean {
  let sizes = new Map<string, number>()
  const open: { name: string | undefined; size: number }[] = []
  let total = 0
  const close = (name: string | undefined, size: number) => {
    if (name !== undefined) sizes.set(name, size)
    const outer = open.at(-1)
    if (outer) outer.size += size
  }
  for (const event of events) {
    if (event.type === EVENT_ALIAS) {
      const size = sizes.get(text.slice(event.anchorStart, event.anchorEnd)) ?? 1
      total += size
      if (total > MAX_NODES) return true
      close(undefined, size)
    } else if (event.type === EVENT_SCALAR) close(anchorName(text, event), 1)
    else if (event.type === EVENT_SEQUENCE || event.type === EVENT_MAPPING)
      open.push({ name: anchorName(text, event), size: 1 })
    else if (event.type === EVENT_DOCUMENT) {
      sizes = new Map()
      open.push({ name: undefined, size: 0 })
    } else if (event.type === EVENT_POP) {
      const closed = open.pop()
      if (closed) close(closed.name, closed.size)
    }
  }
  return false
}

/** The name of an alias within its own anchored node, which no value can hold. */
export function aliasWithin(text: string, events: readonly Event[]): string | undefined {
  const open: (string | undefined)[] = []
  for (const event of events) {
    if (event.type === EVENT_POP) open.pop()
    else if (event.type === EVENT_DOCUMENT) open.push(undefined)
    else if (event.type === EVENT_SEQUENCE || event.type === EVENT_MAPPING)
      open.push(anchorName(text, event))
    else if (event.type === EVENT_ALIAS) {
      const name = anchorName(text, event)
      if (open.includes(name)) return name
    }
  }
  return undefined
}

/** The name behind `&`; undefined where there is none. */
export function anchorName(
  text: string,
  { anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number },
): string | undefined {
  return anchorStart < 0 ? undefined : text.slice(anchorStart, anchorEnd)
}

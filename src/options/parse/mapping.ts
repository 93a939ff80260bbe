import { load } from 'js-yaml'

/** A value of a mapping: a scalar as text, a list, or a mapping. */
export type MappingValue = string | MappingValue[] | { [name: string]: MappingValue }

/**
 * A YAML mapping of names to values, each scalar as text, in the order of the keys. Where the text is not such a mapping,
 * a sentence that says why. Values are scalars unless they may be nested.
 */
export function parseMapping(text: string): Map<string, string> | { why: string }
export function parseMapping(
  text: string,
  values: 'nested',
): Map<string, MappingValue> | { why: string }
export function parseMapping(
  text: string,
  values?: 'nested',
): Map<string, MappingValue> | { why: string } {
  let value: unknown
  try {
    value = load(text)
  } catch (error) {
    // The lines after the first quote the text, which the message shows already.
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { why: `It is not valid YAML: ${line}.` }
  }
  if (Array.isArray(value)) return { why: 'It is a list. Remove its dashes or brackets.' }
  if (typeof value !== 'object' || value === null) return { why: whyNoMapping(text) }
  const mapping = new Map<string, MappingValue>()
  const room: Room = { left: MOST_VALUES }
  for (const [key, one] of Object.entries(value)) {
    const read = values === 'nested' ? nestedValue(one, room) : scalar(one)
    if (room.left < 0) return { why: `It has more than ${MOST_VALUES} values.` }
    if (read === undefined)
      return { why: one === null && isGlued(key) ? GLUED : `${key} must be a string or a number.` }
    mapping.set(key, read)
  }
  return mapping.size === 0 ? { why: 'It is empty.' } : mapping
}

function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** Far more than all conditions on replies have. A few aliases of aliases in YAML stand for billions of values. */
const MOST_VALUES = 1000

/** How many more values may be read. */
type Room = { left: number }

/** Undefined where the value, or a part of it, is neither text nor number nor made of these, or there is no room left. */
function nestedValue(value: unknown, room: Room): MappingValue | undefined {
  room.left -= 1
  if (room.left < 0) return undefined
  if (typeof value !== 'object' || value === null) return scalar(value)
  const parts = Object.entries(value).map(([key, part]) => [key, nestedValue(part, room)] as const)
  if (parts.some(([, part]) => part === undefined)) return undefined
  const known = parts.flatMap(([key, part]): [string, MappingValue][] =>
    part === undefined ? [] : [[key, part]],
  )
  return Array.isArray(value) ? known.map(([, part]) => part) : Object.fromEntries(known)
}

const GLUED = 'A space must follow the colon.'

function isGlued(text: string): boolean {
  return /[^\s:]:[^\s:]/.test(text)
}

function whyNoMapping(text: string): string {
  return isGlued(text) ? GLUED : 'It has no colon that is followed by a space.'
}

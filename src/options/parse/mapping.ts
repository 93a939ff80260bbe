import { load } from 'js-yaml'

/**
 * A YAML mapping of names to scalars, each scalar as text, in the order of the keys; or, where the
 * text is not YAML or not such a mapping, why not.
 */
export function parseMapping(text: string): Map<string, string> | { why: string } {
  let value: unknown
  try {
    value = load(text)
  } catch (error) {
    // The lines that follow show the text, which is shown anyway.
    const message = error instanceof Error ? error.message : String(error)
    return { why: message.split('\n')[0] ?? '' }
  }
  if (Array.isArray(value)) return { why: 'this is a list: leave out its dashes or brackets' }
  if (typeof value !== 'object' || value === null) return { why: whyNoMapping(text) }
  const mapping = new Map<string, string>()
  for (const [key, scalar] of Object.entries(value)) {
    if (typeof scalar !== 'string' && typeof scalar !== 'number')
      return { why: scalar === null && isGlued(key) ? GLUED : `${key} has no text or number` }
    mapping.set(key, String(scalar))
  }
  return mapping.size === 0 ? { why: 'it is empty' } : mapping
}

const GLUED = 'a colon needs a space behind it'

function isGlued(text: string): boolean {
  return /[^\s:]:[^\s:]/.test(text)
}

function whyNoMapping(text: string): string {
  return isGlued(text) ? GLUED : 'it has no colon that is followed by a space'
}

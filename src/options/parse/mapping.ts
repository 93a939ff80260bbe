import { load } from 'js-yaml'

/**
 * A YAML mapping of names to scalars, each scalar as text, in the order of the keys. Where the text is not such a
 * mapping, a sentence that says why.
 */
export function parseMapping(text: string): Map<string, string> | { why: string } {
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
  const mapping = new Map<string, string>()
  for (const [key, scalar] of Object.entries(value)) {
    if (typeof scalar !== 'string' && typeof scalar !== 'number')
      return {
        why: scalar === null && isGlued(key) ? GLUED : `${key} must have a text or a number.`,
      }
    mapping.set(key, String(scalar))
  }
  return mapping.size === 0 ? { why: 'It is empty.' } : mapping
}

const GLUED = 'A space must follow the colon.'

function isGlued(text: string): boolean {
  return /[^\s:]:[^\s:]/.test(text)
}

function whyNoMapping(text: string): string {
  return isGlued(text) ? GLUED : 'It has no colon that is followed by a space.'
}

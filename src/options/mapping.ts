import { load } from 'js-yaml'

/**
 * A YAML mapping of names to scalars, each scalar as text; undefined where the text is not YAML
 * or not such a mapping. Key order is kept.
 */
export function parseMapping(text: string): Map<string, string> | undefined {
  let value: unknown
  try {
    value = load(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const mapping = new Map<string, string>()
  for (const [key, scalar] of Object.entries(value)) {
    if (typeof scalar !== 'string' && typeof scalar !== 'number') return undefined
    mapping.set(key, String(scalar))
  }
  return mapping
}

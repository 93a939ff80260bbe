import { load, YAMLException } from 'js-yaml'

export type Mapping =
  | { ok: true; values: Map<string, string> }
  /** `why` it is none, in a few words. */
  | { ok: false; why: string }

/** A YAML mapping of names to scalars, at least one, each scalar as text. Key order is kept. */
export function parseMapping(text: string): Mapping {
  let value: unknown
  try {
    value = load(text)
  } catch (error) {
    return { ok: false, why: complaint(error) }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, why: 'this is none' }
  const values = new Map<string, string>()
  for (const [key, scalar] of Object.entries(value)) {
    if (typeof scalar !== 'string' && typeof scalar !== 'number')
      return { ok: false, why: `the value of ${key} is neither a text nor a number` }
    values.set(key, String(scalar))
  }
  return values.size === 0 ? { ok: false, why: 'this one is empty' } : { ok: true, values }
}

/** What the parser complains of, without the lines of the text that it shows. */
function complaint(error: unknown): string {
  if (!(error instanceof YAMLException)) return String(error)
  return error.mark ? `line ${error.mark.line + 1}: ${error.reason}` : error.reason
}

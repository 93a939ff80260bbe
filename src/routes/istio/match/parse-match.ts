import { isObject, type Json, type JsonObject } from '../../../kube/json.ts'
import type { StringMatch } from '../../match/string-match.ts'

/**
 * Istio's StringMatch. A match without a value, and the regular expression `*`, which is none, match every value that is there.
 * Source: istio, canBeConvertedToPresentMatch.
 */
export function parseStringMatch(json: Json | undefined): StringMatch {
  if (!isObject(json)) return { kind: 'present' }
  for (const kind of ['exact', 'prefix', 'regex'] as const) {
    const text = json[kind]
    if (typeof text !== 'string') continue
    return kind === 'regex' && text === '*' ? { kind: 'present' } : { kind, text }
  }
  return { kind: 'present' }
}

/** The matches in a map from names to StringMatches. */
export function parseMatches(json: JsonObject, field: string): [name: string, StringMatch][] {
  const map = json[field]
  if (!isObject(map)) return []
  return Object.entries(map).map(([name, match]) => [name, parseStringMatch(match)])
}

import { type Answer, isUndecided } from './answer.ts'
import type { Presence } from './request-headers.ts'
import { matchesValue, type StringMatch } from './string-match.ts'

/** Whether a header or a query parameter is there and matches. */
export function matchesPresent(match: StringMatch, present: Presence): Answer {
  if ('why' in present) return present
  return present.values.length === 0 ? false : matchesAny(match, present.values)
}

/**
 * A header that a request has more than once. Older versions of Envoy join its values by commas, newer ones compare
 * each by itself.
 * Source: envoy, pull request 44819.
 */
export function matchesAny(match: StringMatch, values: readonly string[]): Answer {
  const joined = matchesValue(match, values.join(','))
  if (values.length === 1) return joined
  const each = values.map((value) => matchesValue(match, value))
  const any = each.includes(true) ? true : (each.find(isUndecided) ?? false)
  if (any === joined) return any
  return {
    why: 'the request has a header more than once, which versions of Envoy match differently',
  }
}

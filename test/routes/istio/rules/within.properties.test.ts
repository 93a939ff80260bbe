import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { matchesRequest } from '../../../../src/routes/istio/match/http-match.ts'
import { isWithin } from '../../../../src/routes/istio/rules/match-within.ts'
import { request } from '../../support/http-objects.ts'

const TEXT = fc.constantFrom('/', '/a', '/A', '/a/b', 'GET', '')
const STRING_MATCH = fc.oneof(
  TEXT.map((exact) => ({ exact })),
  TEXT.map((prefix) => ({ prefix })),
  fc.constantFrom('/a.*', '.*', '*', 'GET|PUT', '(?i)/a').map((regex) => ({ regex })),
  fc.constant({}),
)
const NAMED = fc.dictionary(fc.constantFrom('a', 'b'), STRING_MATCH, { maxKeys: 2 })
const MATCH = fc
  .record(
    {
      uri: STRING_MATCH,
      ignoreUriCase: fc.boolean(),
      method: STRING_MATCH,
      headers: NAMED,
      withoutHeaders: NAMED,
      queryParams: NAMED,
    },
    { requiredKeys: [] },
  )
  .map((match): JsonObject => ({ ...match }) as JsonObject)

const HEADERS = fc
  .dictionary(fc.constantFrom('a', 'b'), TEXT, { maxKeys: 2 })
  .map((headers) => Object.entries(headers))
const REQUEST = fc
  .record({
    path: fc.constantFrom('/', '/a', '/A', '/a/b', '/?a', '/a?a=/&b=GET', '/A?b='),
    method: fc.constantFrom('GET', 'PUT'),
    headers: HEADERS,
  })
  .map(request)

/** Two matches, of which the second often lets more pass: it is the first one without some of its conditions. */
const PAIR = fc
  .tuple(MATCH, MATCH, fc.subarray(['uri', 'method', 'headers', 'withoutHeaders', 'queryParams']))
  .chain(([one, other, dropped]) => {
    const kept = Object.entries(one).filter(([key]) => !dropped.includes(key))
    return fc.constantFrom(
      { one, other },
      { one, other: Object.fromEntries(kept) },
      { one: { ...Object.fromEntries(kept), ...other }, other },
    )
  })

test('a request that meets a match meets every match that this one is said to be within', () => {
  fc.assert(
    fc.property(PAIR, fc.array(REQUEST, { minLength: 5, maxLength: 5 }), ({ one, other }, all) => {
      fc.pre(isWithin(one, other))
      for (const asked of all)
        if (matchesRequest(one, asked) === true)
          expect(matchesRequest(other, asked), JSON.stringify(asked)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

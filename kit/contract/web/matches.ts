import { describe, expect, test } from 'vitest'
import { isObject, type JsonObject } from '../../../sandbox/objects/json.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { MATCH_CASES } from './match-cases.ts'
import { replyWith, withRules } from './mesh.ts'

/** The number of its case distinguishes a request from all others. */
const CASE = 'x-case'

/** Facts about the requests that a match takes. */
export function testMatches(mesh: () => Mesh): void {
  describe('of many matches in one object', () => {
    test('each takes the requests that meet all of its conditions, and no others', async () => {
      const rules = MATCH_CASES.map(([match], index) => direct('met', numbered(match, index)))
      const ask = await withRules(mesh(), [...rules, direct('not met')])
      await replyWith(ask, 200)
      const wrong: string[] = []
      for (const [index, [match, sent, isMet]] of MATCH_CASES.entries()) {
        const headers = { ...sent.headers, [CASE]: String(index) }
        const { body } = await ask({ ...sent, headers })
        if (body !== (isMet ? 'met' : 'not met'))
          wrong.push(`${JSON.stringify(match)} and ${JSON.stringify(sent)}: ${body}`)
      }
      expect(wrong).toEqual([])
    })
  })
}

function numbered(match: JsonObject, index: number): JsonObject {
  const headers = isObject(match.headers) ? match.headers : {}
  return { ...match, headers: { ...headers, [CASE]: { exact: String(index) } } }
}

function direct(body: string, match?: JsonObject): JsonObject {
  const directResponse = { status: 200, body: { string: body } }
  return match === undefined ? { directResponse } : { match: [match], directResponse }
}

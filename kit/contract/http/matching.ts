import { beforeAll, describe, expect, test } from 'vitest'
import { textAt } from '../../../sandbox/objects/json.ts'
import { patch } from '../api/objects.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { CASES } from './match-cases.ts'
import { get, says, serveRules, WEB_ROUTE } from './mesh.ts'

/** Facts about the conditions of a match. */
export function testMatching(mesh: () => Mesh): void {
  const pathOf = (index: number) => `/case-${index}/x`

  describe('a match is met by', () => {
    beforeAll(async () => {
      const rules = CASES.map(([, match], index) => says('yes', match(pathOf(index))))
      await serveRules(mesh(), ...rules, says('no'))
    })
    const met = CASES.map((each, index) => [each[0], index, each] as const)

    test.each(met.filter(([, , [, , , fits]]) => fits))('%s', async (_, index, [, , ask]) => {
      expect((await get(mesh(), '/', ask(pathOf(index)))).body).toBe('yes')
    })

    test.each(met.filter(([, , [, , , fits]]) => !fits))('no %s', async (_, index, [, , ask]) => {
      expect((await get(mesh(), '/', ask(pathOf(index)))).body).toBe('no')
    })
  })

  test('a regular expression * is refused by istiod', async () => {
    const match = [{ headers: { 'x-kind': { regex: '*' } } }]
    const operations = [{ op: 'replace', path: '/spec/http', value: [{ match, ...says('') }] }]
    const { status, body } = await patch(mesh().admin, `${WEB_ROUTE}?dryRun=All`, operations)
    expect(status).toBe(400)
    expect(textAt(body, 'message')).toBe(
      'admission webhook "validation.istio.io" denied the request: configuration is invalid: "headers": error parsing regexp: missing argument to repetition operator: `*`; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)',
    )
  })
}

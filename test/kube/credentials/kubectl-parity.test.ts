import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { askProject } from '../../../kit/kubectl/ask.ts'
import { FIXTURES } from '../../../kit/kubectl/fixtures.ts'
import type { Answer } from '../../../kit/kubectl/place.ts'

/** The answers of kubectl. `npm run e2e -- kubeconfig` compares them with the real kubectl, and can rewrite them. */
const ANSWERS = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../kit/kubectl/answers.json'), 'utf8'),
) as Record<string, Answer>

test('every fixture has an answer of kubectl, and every answer has a fixture', () => {
  expect(Object.keys(ANSWERS).sort()).toEqual(FIXTURES.map(({ name }) => name).sort())
})

describe('as in kubectl, a kubeconfig', () => {
  test.each(FIXTURES.filter(({ differs }) => !differs).map((fixture) => [fixture.name, fixture]))(
    '%s',
    async (name, fixture) => {
      expect(await askProject(fixture)).toEqual(ANSWERS[name])
    },
  )
})

describe('unlike in kubectl, which refuses it, a kubeconfig', () => {
  test.each(
    FIXTURES.flatMap((fixture) => (fixture.differs ? [{ ...fixture.differs, fixture }] : [])).map(
      (each) => [`${each.fixture.name}: here ${each.why}`, each] as const,
    ),
  )('%s', async (_, { fixture, refused }) => {
    const answer = await askProject(fixture)
    expect(ANSWERS[fixture.name]).toBe('refused')
    expect(answer === 'refused').toBe(refused)
  })
})

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { askKubectl } from '../../kit/kubectl/ask.ts'
import { FIXTURES } from '../../kit/kubectl/fixtures.ts'
import type { Answer } from '../../kit/kubectl/place.ts'
import { partsIn } from '../parts/build.ts'

const RECORD = path.join(import.meta.dirname, '../../kit/kubectl/answers.json')

test('kubectl answers every kubeconfig as recorded for npm test', async () => {
  const answers: Record<string, Answer> = {}
  for (const fixture of FIXTURES)
    answers[fixture.name] = await askKubectl(fixture, path.join(partsIn().bin, 'kubectl'))
  if (process.env.RECORD_KUBECTL) writeFileSync(RECORD, `${JSON.stringify(answers, null, 2)}\n`)
  const { default: recorded } = await import(RECORD, { with: { type: 'json' } })
  expect(answers).toEqual(recorded)
})

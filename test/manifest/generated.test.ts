import { expect, test } from 'vitest'
import { wrongEdit } from '../../kit/manifest/edited-right.ts'
import { generated } from '../../kit/manifest/generated.ts'

/** `npm run bench:manifests` takes more of them, and prints figures. */
const MANIFESTS = 300

test('Generated manifests are edited without a wrong byte, by the reading of a second YAML parser', () => {
  const wrong: Record<number, string> = {}
  for (let seed = 1; seed <= MANIFESTS; seed += 1) {
    const why = wrongEdit(generated(seed))
    if (why !== undefined) wrong[seed] = why
  }
  expect(wrong).toEqual({})
})

import { expect, test } from 'vitest'
import { wrongKustomization } from '../../../kit/manifest/edited-kustomization.ts'
import { generatedKustomization } from '../../../kit/manifest/generated-kustomization.ts'

/** `npm run bench:manifests` takes more of them. */
const KUSTOMIZATIONS = 300

test('Generated Kustomizations are edited without a wrong byte, by the reading of a second YAML parser', () => {
  const wrong: Record<number, string> = {}
  for (let seed = 1; seed <= KUSTOMIZATIONS; seed += 1) {
    const why = wrongKustomization(generatedKustomization(seed))
    if (why !== undefined) wrong[seed] = why
  }
  expect(wrong).toEqual({})
})

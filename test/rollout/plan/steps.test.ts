import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepWeights } from '../../../src/rollout/plan/steps.ts'
import { parseRouteObject } from '../../../src/routes/route-object.ts'
import { selectRule } from '../../../src/routes/select-rule.ts'
import { planWeights } from '../../../src/routes/weights/weight-edit.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'

/** The steps of a run that takes v2 from one percent to another. */
function stepsFrom(present: number, percent: number, steps: readonly number[]) {
  const object = parseRouteObject({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'tcp-echo', namespace: 'demo', uid: 'u', resourceVersion: '1' },
    spec: {
      tcp: [
        {
          route: [
            { destination: { host: 'tcp-echo', subset: 'v1' }, weight: 100 - present },
            { destination: { host: 'tcp-echo', subset: 'v2' }, weight: present },
          ],
        },
      ],
    },
  })
  const found = object && selectRule(object, { kind: 'any' })
  if (!found?.ok) throw new Error('no entry')
  const wanted = { kind: 'weight' as const, subset: 'v2', percent }
  const planned = planWeights(found.value, wanted)
  if (!planned.ok) throw new Error('no edit')
  return stepWeights(found.value, planned.value, wanted, steps)
}

test('a step to the weight that is in force already is skipped, whatever the weight', () => {
  const percent = fc.integer({ min: 0, max: 100 })
  fc.assert(
    fc.property(percent, percent, (present, wanted) => {
      fc.pre(present !== wanted)
      expect(stepsFrom(present, wanted, [present])).toEqual({
        targets: [ofHundred([100 - wanted, wanted])],
        skipped: [present],
      })
    }),
    {
      seed: 1,
      numRuns: 1000,
      examples: [
        [29, 50],
        [57, 90],
        [28, 0],
      ],
    },
  )
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JOURNAL, type Journal, journalText, startJournal } from '../../src/journal/journal.ts'
import { readJournal } from '../../src/journal/read-journal.ts'
import { nextStep, type StepTask } from '../../src/journal/restore/restore-step.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { rulesOf } from '../../src/routes/kinds.ts'
import { setAnnotation } from '../../src/routes/object/object-guards.ts'
import { parseRouteObject, type RouteObject } from '../../src/routes/route-object.ts'
import { withStamps } from '../../src/routes/weights/stamps.ts'
import { weighed, weightOperations } from '../../src/routes/weights/weigh.ts'
import { planWeights } from '../../src/routes/weights/weight-edit.ts'
import { patched } from '../kube/support/apply-patch.ts'

const CLOCK = Date.UTC(2026, 0, 1)
const RUN = { id: 'r', attempt: 1, owner: 'o', by: 'b', startedMs: CLOCK, timeoutMs: 60_000 }

/** Headers of a destination as people write them, empty ones too, or none. */
const values = fc.dictionary(fc.constantFrom('x-a', 'x-b'), fc.constant('1'), { maxKeys: 2 })
const changes = fc.record(
  { set: values, add: values, remove: fc.subarray(['x-c']) },
  { requiredKeys: [] },
)
const headers = fc.option(
  fc.record({ request: changes, response: changes }, { requiredKeys: [] }),
  {
    nil: undefined,
  },
)

function objectOf(both: readonly (JsonObject | undefined)[]): RouteObject {
  const route = both.map((one, index) => ({
    destination: { host: 'web', subset: `v${index + 1}` },
    weight: index === 0 ? 80 : 20,
    ...(one === undefined ? {} : { headers: one }),
  }))
  return parsed({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'demo', uid: 'u', resourceVersion: '1', generation: 1 },
    spec: { hosts: ['web.example'], gateways: ['gateway'], http: [{ route }] },
  })
}

function parsed(json: JsonObject): RouteObject {
  const object = parseRouteObject(json)
  if (object === undefined) throw new Error('no object')
  return object
}

/** The object with other weights and stamps, and the object that it would be without stamps. */
function written(object: RouteObject, onFailure: Journal['onFailure']) {
  const [rule] = rulesOf(object)
  const planned = rule && planWeights(rule, { kind: 'weight', subset: 'v2', percent: 50 })
  if (!rule || !planned?.ok) throw new Error('not planned')
  const plain = weighed(rule, planned.value, planned.value.target)
  const stamped = withStamps(plain, ['s1', 's2'], rule.format)
  const journal = { ...startJournal({ ...RUN, onFailure }, object, rule), written: stamped }
  const text = journalText(journal)
  const annotated = patched(object.raw, setAnnotation(object, JOURNAL, text))
  return {
    stamped: parsed(patched(annotated, weightOperations(rule, stamped)) as JsonObject),
    asked: patched(object.raw, weightOperations(rule, plain)) as JsonObject,
    journal,
  }
}

const specAfter = (object: RouteObject, task: StepTask) =>
  JSON.stringify((patched(object.raw, nextStep(task, object).operations) as JsonObject).spec)

describe('an object with stamps is to the byte what it would be without, whatever headers its destinations had,', () => {
  const both = fc.tuple(headers, headers)

  test('when a run passes, or is to keep its weights', () => {
    fc.assert(
      fc.property(both, (some) => {
        const { stamped, asked, journal } = written(objectOf(some), 'keep')
        const known = {
          ...journal,
          original: journal.restoreTo,
          written: [journal.written],
          generation: stamped.generation,
          stored: stamped.annotations[JOURNAL],
          ownJournal: journal,
        }
        const task = { owner: 'o', known, weights: 'leave', fence: false } as const
        expect(specAfter(stamped, task)).toBe(JSON.stringify(asked.spec))
      }),
    )
  })

  test.each(['keep', 'rollback'] as const)(
    'when a run was killed whose on-failure is %s',
    (onFailure) => {
      fc.assert(
        fc.property(both, (some) => {
          const object = objectOf(some)
          const { stamped, asked } = written(object, onFailure)
          expect(readJournal(stamped).kind).toBe('found')
          const task = {
            owner: 'o',
            known: undefined,
            weights: 'as-journal',
            fence: false,
          } as const
          const wanted = onFailure === 'keep' ? asked.spec : object.spec
          expect(specAfter(stamped, task)).toBe(JSON.stringify(wanted))
        }),
      )
    },
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ROUTE } from '../../kit/run/object.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL, type Journal, journalText, startJournal } from '../../src/journal/journal.ts'
import { parseJournal } from '../../src/journal/parse-journal.ts'
import { nextStep, type StepTask } from '../../src/journal/restore/restore-step.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { kindNamed } from '../../src/routes/kinds.ts'
import { parseRouteObject, type RouteObject } from '../../src/routes/route-object.ts'
import { asWritten, itemsOf } from '../../src/routes/written-destinations.ts'

const KIND = kindNamed('VirtualService')

const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
const RAW = sandbox.objects.get(ROUTE) as unknown as JsonObject
await sandbox.stop()

const percents = fc.integer({ min: 0, max: 100 })
/** v2 before the run, and in the steps that it wrote. */
const ramps = fc.record({
  before: percents,
  steps: fc.array(percents, { minLength: 1, maxLength: 4 }),
})

function listOf(v2: number, extra: JsonObject = {}) {
  return asWritten(
    [100 - v2, v2].map((weight, index) => ({
      destination: { host: 'tcp-echo', port: { number: 9000 }, subset: `v${index + 1}` },
      weight,
      ...extra,
    })),
  )
}

/** The object with these weights of v2, and with a journal or without one. */
function objectWith(v2: number, journal?: Journal): RouteObject {
  const raw = structuredClone(RAW) as never as {
    metadata: { annotations?: Record<string, string> }
    spec: { tcp: { route: unknown }[] }
  }
  const [rule] = raw.spec.tcp
  if (rule) rule.route = itemsOf(listOf(v2))
  if (journal) raw.metadata.annotations = { [JOURNAL]: journalText(journal) }
  const object = parseRouteObject(raw as never)
  if (!object) throw new Error('the object cannot be read')
  return object
}

/** The journal with the last write, in which the step before it is recorded as confirmed. */
function journalOf({ before, steps }: { before: number; steps: readonly number[] }): Journal {
  const object = objectWith(before)
  const [rule] = KIND.rules(object)
  if (!rule) throw new Error('the object has no rule')
  const run = { id: 'one', attempt: 1, owner: 'owner', by: '', startedMs: 0, timeoutMs: 60_000 }
  const journal = startJournal({ ...run, onFailure: 'rollback' }, object, rule)
  const confirmed = steps.at(-2)
  return {
    ...journal,
    restoreTo: confirmed === undefined ? journal.original : listOf(confirmed),
    written: listOf(steps.at(-1) ?? before),
  }
}

const AS_JOURNAL: StepTask = {
  ...{ owner: 'owner', known: undefined, weights: 'as-journal', fence: false },
}

function restoredBy(task: StepTask, object: RouteObject): unknown {
  const { kind, operations } = nextStep(task, object)
  const [first] = operations
  return kind === 'restored' && first && 'value' in first ? first.value : kind
}

test('a journal says after it was read what it said when it was written, whatever step it records', () => {
  fc.assert(
    fc.property(ramps, (ramp) => {
      const journal = journalOf(ramp)
      expect(parseJournal(journalText(journal), KIND)).toEqual({ kind: 'found', journal })
    }),
  )
})

test('a version of this tool without last-step restores the recorded step: the journal says rollback, and restoreTo', () => {
  fc.assert(
    fc.property(ramps, (ramp) => {
      const { onFailure, version, restoreTo, original } = JSON.parse(journalText(journalOf(ramp)))
      const step = ramp.steps.at(-2) ?? ramp.before
      expect({ onFailure, version }).toEqual({ onFailure: 'rollback', version: 2 })
      expect(restoreTo ?? original).toEqual(itemsOf(listOf(step)))
    }),
  )
})

test('a restore by the journal brings back the recorded step, and only while the weights are those of the run', () => {
  fc.assert(
    fc.property(ramps, percents, (ramp, now) => {
      const journal = journalOf(ramp)
      const restored = restoredBy(AS_JOURNAL, objectWith(now, journal))
      expect(restored).toEqual(
        now === (ramp.steps.at(-1) ?? ramp.before)
          ? itemsOf(listOf(ramp.steps.at(-2) ?? ramp.before))
          : 'changed-by-other',
      )
    }),
  )
})

test('a run and its post step restore the step that they know as confirmed, although the journal records the one before it', () => {
  fc.assert(
    fc.property(ramps, (ramp) => {
      const last = ramp.steps.at(-1) ?? ramp.before
      const task = { ...AS_JOURNAL, confirmed: listOf(last) }
      const object = objectWith(last, journalOf(ramp))
      expect(restoredBy(task, object)).toEqual(itemsOf(listOf(last)))
      expect(nextStep(task, object).back?.wasThere).toBe(true)
    }),
  )
})

test('a step that does not fit what the run wrote is not restored: the journal is followed', () => {
  const ramp = { before: 20, steps: [40, 60] }
  const other = {
    ...AS_JOURNAL,
    confirmed: listOf(40, { headers: { request: { remove: ['a'] } } }),
  }
  expect(restoredBy(other, objectWith(60, journalOf(ramp)))).toEqual(itemsOf(listOf(40)))
})

import fc from 'fast-check'
import type { Intent } from '../../src/journal/intent.ts'
import type { Json } from '../../src/kube/json.ts'
import type { Reason } from '../../src/problem/verdict.ts'
import { tcpRules } from '../../src/routes/istio/rules/virtual-service-rules.ts'
import { parseRouteObject } from '../../src/routes/route-object.ts'
import { portsOf } from '../../src/routes/rule.ts'
import { itemsOf, type WrittenDestinations } from '../../src/routes/written-destinations.ts'
import { ROUTE } from '../run/object.ts'
import { EDITS, type Edit } from './hand.ts'
import { type Action, expected, FIRST, isForeign, type Kill, type Model } from './object-model.ts'
import type { Party } from './party.ts'
import { type RunOrder, startPost, startRollback, startRun } from './run-party.ts'
import { snapshot } from './snapshot.ts'
import type { World } from './world.ts'

const orders: fc.Arbitrary<RunOrder> = fc.record(
  {
    weight: fc.constantFrom(60, 30, 20),
    step: fc.constant(40),
    ends: fc.constantFrom('pass', 'rollback', 'keep', 'last-step'),
    run: fc.record({ id: fc.constantFrom('one', 'two'), attempt: fc.constantFrom(1, 2) }),
  },
  { requiredKeys: ['weight', 'ends', 'run'] },
)

const kills: fc.Arbitrary<Kill> = fc.record({
  at: fc.integer({ min: 1, max: 6 }),
  carriedOut: fc.boolean(),
})

const edits = fc.constantFrom(...(Object.keys(EDITS) as Edit[]))

/** Sequences of whole runs, deaths, posts and edits; the shortest first when they shrink. */
export const sequences: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ does: fc.constant('run'), order: orders }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('run'), order: orders, killed: kills }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('post') }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('rollback') }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('expire') }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('edit'), edit: edits }) },
  ) as fc.Arbitrary<Action>,
  { minLength: 1, maxLength: 10 },
)

/** Where the object, or what a run said of it, first differs from the model. */
export type Difference = { after: number; action: Action; expected: unknown; found: unknown }

/** Carries a sequence out and compares after each action; undefined: the model allows it all. */
export async function differsFromModel(
  world: World,
  actions: readonly Action[],
): Promise<Difference | undefined> {
  world.reset()
  const hand = startActing(world)
  let model = FIRST
  for (const [index, action] of actions.entries()) {
    const owner = `owner-${index}`
    const wanted = expected(model, action, owner)
    const reason = await hand(action, owner)
    model = wanted.model
    const [should, is] = [
      [visible(model), wanted.reason],
      [seen(world), reason],
    ]
    if (JSON.stringify(should) !== JSON.stringify(is))
      return { after: index + 1, action, expected: should, found: is }
  }
  return undefined
}

/** Carries out one action after the other; resolves to what a run that was not killed says. */
function startActing(world: World): (action: Action, owner: string) => Promise<Reason | undefined> {
  let intent: Intent | undefined
  return async (action, owner) => {
    switch (action.does) {
      case 'run': {
        const done = await carryOut(world, action, owner)
        if (done.reason === undefined) intent = done.intent ?? intent
        return done.reason
      }
      case 'post':
        if (intent) await finish(startPost(world, 'post', intent))
        return undefined
      case 'rollback': {
        const party = startRollback(world, 'rollback')
        await finish(party)
        return party.outcome()?.reason
      }
      case 'expire':
        world.pass(3_600_000)
        return undefined
      case 'edit':
        EDITS[action.edit](world.sandbox)
        return undefined
    }
  }
}

async function carryOut(
  world: World,
  { order, killed }: Extract<Action, { does: 'run' }>,
  owner: string,
): Promise<{ reason: Reason | undefined; intent: Intent | undefined }> {
  const run = await startRun(world, 'run', order, owner)
  let calls = 0
  let isKilled = false
  for (await run.rest(); run.held(); await run.rest()) {
    calls += 1
    const call = run.held()
    if (calls !== killed?.at) {
      run.go()
      continue
    }
    isKilled = true
    run.die()
    // Its answer is not read.
    if (killed.carriedOut) await call?.send(new AbortController().signal).catch(() => undefined)
    run.bury()
  }
  await run.over
  return { reason: isKilled ? undefined : run.outcome()?.reason, intent: run.intent() }
}

async function finish(party: Party & { over: Promise<void> }): Promise<void> {
  for (await party.rest(); party.held(); await party.rest()) party.go()
  await party.over
}

/** What of the model can be seen on the object. */
function visible(model: Model): unknown {
  const { weight, journal, ports, labelled } = model
  if (weight === undefined) return 'no object'
  if (journal && isForeign(model, journal))
    return { weight, journal: 'foreign', fence: 'none', ports, labelled }
  const shown = journal && {
    owner: journal.owner,
    original: journal.original,
    restoreTo: journal.restoreTo,
    written: journal.written,
    keeps: journal.keeps,
  }
  return { weight, journal: shown ?? 'none', fence: 'none', ports, labelled }
}

function seen(world: World): unknown {
  const now = snapshot(world.sandbox)
  const object = world.sandbox.objects.get(ROUTE)
  const parsed = object && parseRouteObject(object as Json)
  if (!now || !parsed) return 'no object'
  const { journal } = now
  const percent = (written: WrittenDestinations) =>
    (itemsOf(written)[1] as { weight: number }).weight
  const shown =
    typeof journal === 'string'
      ? journal
      : {
          owner: journal.owner,
          original: percent(journal.original),
          restoreTo: percent(journal.restoreTo),
          written: percent(journal.written),
          keeps: journal.onFailure === 'keep',
        }
  return {
    weight: now.weights?.v2,
    journal: shown,
    fence: now.fence ?? 'none',
    ports: tcpRules(parsed).map((rule) => portsOf(rule)[0]),
    labelled: object.metadata.labels !== undefined,
  }
}

import { describe, expect, test } from 'vitest'
import { hooks, respond } from '../../sandbox/faults/api-acts.ts'
import type { Act, ApiFault } from '../../sandbox/faults/api-fault.ts'
import { isObject, type Json, type JsonObject, listAt } from '../../sandbox/objects/json.ts'
import { JOURNAL } from '../../src/journal/journal.ts'
import { changed, journalEdited } from '../run/edited-answers.ts'
import { runOn } from '../run/run.ts'
import { type FaultyMesh, writesOf } from './subject.ts'

const OBJECT = { path: /virtualservices\/tcp-echo/ }
const READ = { ...OBJECT, method: 'GET' }
const WRITE = { method: 'PATCH', dryRun: false }
const PODS = { path: /\/pods\?/ }
/** Passes whatever the draws are like, nearly. */
const PASSING = { subset: 'v2', weight: '50', tolerance: '20' }
/** Writes, never passes, and is rolled back. */
const FAILING = { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' }
const ROLLED_BACK = { verdict: 'inconclusive', reason: 'limit-reached', rolledBack: true }

/**
 * Faults of what an API server answers to a run that has written, by their numbers in
 * test/faults/list.ts: the same tests on the sandbox and on the real API server behind a proxy.
 * Each finds the VirtualService at 80/20 and no fault in force.
 */
export function testRestoreFaults(subject: () => FaultyMesh): void {
  const order = (fault: ApiFault) => subject().order(fault)

  /** A failing run, with what happens when its first write is done and before that is answered. */
  const whenWritten = async (after: () => unknown) => {
    await order({ match: WRITE, times: 1, act: hooks({ after: async () => void (await after()) }) })
    return runOn(subject(), FAILING)
  }

  const isAsBefore = async (before: string) => {
    expect(await subject().text()).toBe(before)
    expect(await subject().journals()).toEqual([])
  }

  describe('fault 45: an API server that answers reads with old versions', () => {
    test.each([
      ['from before the write', 'first'],
      ['of the write itself', 'last'],
    ] as const)('%s does not keep the rollback from its work', async (_, which) => {
      const before = await subject().text()
      const bodies: Json[] = []
      const keep = changed((object) => bodies.push(structuredClone(object)))
      await order({ match: OBJECT, act: keep })
      const { outcome } = await whenWritten(async () => {
        await subject().merge({ metadata: { labels: { team: 'a' } } })
        const old = which === 'first' ? bodies[0] : bodies.at(-1)
        await order({ match: READ, act: respond(200, { body: old ?? null }) })
      })
      expect(outcome).toMatchObject(ROLLED_BACK)
      await subject().merge({ metadata: { labels: { team: null } } })
      await isAsBefore(before)
    })

    test('for good, past writes that it refuses, is named at the end', async () => {
      const bodies: Json[] = []
      await order({ match: OBJECT, act: changed((object) => bodies.push(structuredClone(object))) })
      const cancel = new AbortController()
      await order({
        match: WRITE,
        times: 1,
        act: hooks({
          after: async () => {
            await order({ match: READ, act: respond(200, { body: bodies[0] ?? null }) })
            await order({ match: { method: 'PATCH' }, act: respond(409) })
            cancel.abort()
          },
        }),
      })
      const { outcome } = await runOn(subject(), FAILING, { cancelled: cancel.signal })
      expect(outcome.reason).toBe('rollback-failed')
      expect(outcome.message).toMatch(/answered 409|old versions/)
      await subject().clear()
    })
  })

  describe('fault 46: a rollback that is refused', () => {
    test.each([
      [400, 1],
      [401, 2],
      [403, 3],
      [408, 1],
      [409, 3],
      [413, 1],
      [422, 2],
      [425, 1],
    ])('with %i, %i times, is tried until it is done', async (status, times) => {
      const before = await subject().text()
      const { outcome } = await whenWritten(() =>
        order({ match: WRITE, times, act: respond(status) }),
      )
      expect(outcome).toMatchObject(ROLLED_BACK)
      await isAsBefore(before)
    })

    test('where the journal is to be removed after a pass, is tried until it is done', async () => {
      const refuses = { match: WRITE, times: 2, act: respond(403) }
      await order({ match: WRITE, times: 1, act: hooks({ after: () => void order(refuses) }) })
      const { outcome } = await runOn(subject(), PASSING)
      expect(outcome.verdict).toBe('pass')
      expect(await subject().weights()).toEqual({ v1: 50, v2: 50 })
      expect(await subject().journals()).toEqual([])
    })
  })

  describe('fault 47: an admission webhook that', () => {
    test.each([
      ['removes', () => undefined],
      ['changes', (text: string) => text.slice(0, 40)],
    ])(
      '%s the journal, as the dry run shows, stops the run before it writes',
      async (how, edit) => {
        await order({ match: { method: 'PATCH' }, act: journalEdited(edit) })
        const { outcome } = await runOn(subject(), PASSING)
        expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', rolledBack: false })
        expect(outcome.message).toContain(`An admission webhook ${how} the annotation ${JOURNAL}`)
        expect(outcome.remedy).toContain('get mutatingwebhookconfigurations')
        expect(writesOf(subject())).toEqual([])
      },
    )

    test.each([
      ['removes', 'removed', () => undefined],
      ['changes', 'changed', (text: string) => text.slice(0, 40)],
    ])(
      '%s the journal of the write alone has the weights restored at once',
      async (_, says, edit) => {
        const before = await subject().text()
        await order({ match: WRITE, times: 1, act: journalEdited(edit) })
        const { outcome, intents } = await runOn(subject(), PASSING)
        expect(outcome).toMatchObject({ reason: 'changed-by-other', rolledBack: true })
        expect(outcome.message).toContain(`An admission webhook ${says} the annotation ${JOURNAL}`)
        expect(intents.at(-1)?.memory).toMatchObject({ journal: 'lost' })
        await isAsBefore(before)
      },
    )
  })

  describe('fault 48: an object that is being deleted', () => {
    test('is not written to', async () => {
      await order({ match: OBJECT, act: changed(deleting) })
      const { outcome } = await runOn(subject(), PASSING)
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
      expect(outcome.message).toMatch(/is being deleted \(since .*, held by example\.com\/hold\)/)
      expect(writesOf(subject())).toEqual([])
    })

    test('in mid-run gets its weights back, as long as it is there, and is no pass', async () => {
      const before = await subject().text()
      const act: Act = async (...call) => {
        const outcome = await changed(deleting)(...call)
        await order({ match: OBJECT, act: changed(deleting) })
        return outcome
      }
      await order({ match: WRITE, times: 1, act })
      const { outcome } = await runOn(subject(), PASSING)
      expect(outcome).toMatchObject({ reason: 'changed-by-other', rolledBack: true })
      expect(outcome.message).toContain('is being deleted')
      await isAsBefore(before)
    })
  })

  describe('fault 49: an answer about another object', () => {
    test.each<[string, (object: JsonObject) => unknown]>([
      ['uid', (object) => Object.assign(metadataOf(object), { uid: 'other' })],
      ['name', (object) => Object.assign(metadataOf(object), { name: 'other' })],
      ['kind', (object) => Object.assign(object, { kind: 'Gateway' })],
    ])('(another %s) to the write is not taken for the object', async (_, edit) => {
      const before = await subject().text()
      await order({ match: { ...WRITE, nth: 1 }, act: changed(edit) })
      const { outcome } = await runOn(subject(), FAILING)
      expect(outcome).toMatchObject(ROLLED_BACK)
      await isAsBefore(before)
    })

    test('to the restore is looked into, and the restore is found', async () => {
      const before = await subject().text()
      const other = changed((object) => Object.assign(metadataOf(object), { uid: 'other' }))
      const { outcome } = await whenWritten(() => order({ match: WRITE, times: 1, act: other }))
      expect(outcome).toMatchObject(ROLLED_BACK)
      await isAsBefore(before)
    })

    test('to one read is no deleted object', async () => {
      const before = await subject().text()
      const other = changed((object) => Object.assign(metadataOf(object), { uid: 'other' }))
      const { outcome } = await whenWritten(async () => {
        await order({ match: READ, times: 1, act: other })
        await order({ match: WRITE, times: 1, act: respond(409) })
      })
      expect(outcome).toMatchObject(ROLLED_BACK)
      await isAsBefore(before)
    })
  })

  describe('fault 50: a manager that applies the object server-side', () => {
    test('owns after a rolled-back run what it owned before', async () => {
      await subject().apply('gitops')
      const before = await subject().owners()
      expect(before).toContainEqual(expect.objectContaining({ operation: 'Apply' }))
      const { outcome } = await runOn(subject(), FAILING)
      expect(outcome).toMatchObject(ROLLED_BACK)
      expect(await subject().owners()).toEqual(before)
    })

    test('is informed that it does not, if the API server refuses to give it back', async () => {
      await subject().apply('gitops')
      const { outcome, log } = await whenWritten(() =>
        order({ match: { ...WRITE, nth: 2 }, act: respond(403) }),
      )
      expect(outcome).toMatchObject(ROLLED_BACK)
      expect(log).toContain('the field manager istio-traffic-shift still owns its destinations')
    })
  })

  describe('fault 51: Pods of which the API server does not know that they serve', () => {
    test.each<[string, (pods: Json[]) => Json[]]>([
      ['they are not in this cluster', () => []],
      ['they are not ready', (pods) => pods.map(notReady)],
    ])('since %s get their connections back all the same', async (_, edit) => {
      const before = await subject().text()
      const seen = changed((list) => Object.assign(list, { items: edit(listAt(list, 'items')) }))
      const { outcome } = await whenWritten(() => order({ match: PODS, act: seen }))
      expect(outcome).toMatchObject(ROLLED_BACK)
      await isAsBefore(before)
    })
  })
}

function metadataOf(object: JsonObject): JsonObject {
  return isObject(object.metadata) ? object.metadata : {}
}

function deleting(object: JsonObject): void {
  Object.assign(metadataOf(object), {
    deletionTimestamp: '2026-01-01T00:00:00Z',
    deletionGracePeriodSeconds: 0,
    finalizers: ['example.com/hold'],
  })
}

/** A Pod that was never ready. */
function notReady(pod: Json): Json {
  const condition = {
    type: 'Ready',
    status: 'False',
    lastTransitionTime: '2020-01-01T00:00:00Z',
  }
  return isObject(pod) ? { ...pod, status: { conditions: [condition] } } : pod
}

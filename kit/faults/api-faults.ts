import { describe, expect, test } from 'vitest'
import {
  deniedBy,
  droppedAfter,
  droppedBefore,
  hangs,
  hooks,
  resetsConnection,
  respond,
  truncated,
  webhookFails,
} from '../../sandbox/faults/api-acts.ts'
import type { Act, ApiFault } from '../../sandbox/faults/api-fault.ts'
import { type RunExtras, type RunResult, runOn } from '../run/run.ts'
import { servesOnly } from './serves-only.ts'
import { type FaultyMesh, writesOf } from './subject.ts'

const WRITE = { method: 'PATCH', dryRun: false }
/** Passes whatever the draws are like, nearly. */
const PASSING = { subset: 'v2', weight: '50', tolerance: '20' }
/** Writes, never passes, and is rolled back. */
const FAILING = { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' }
const ROLLED_BACK = { verdict: 'inconclusive', reason: 'limit-reached', rolledBack: true }

/**
 * The faults of an API server that a run must survive, by their numbers in test/faults/list.ts: the same tests on the
 * sandbox and on the real API server behind a proxy. Each finds the VirtualService at 80/20 and no fault in force.
 */
export function testApiFaults(subject: () => FaultyMesh): void {
  const run = (
    inputs: Readonly<Record<string, string | undefined>>,
    extras: RunExtras = {},
  ): Promise<RunResult> => runOn(subject(), inputs, extras)

  /**
   * A run that is cancelled when it says that its rollback does not get through: however long it took
   * until then, it has 6 s from there.
   */
  const runUntilRefused = (inputs: Readonly<Record<string, string>>) => {
    const cancel = new AbortController()
    const onLine = (text: string) =>
      /^The last write has not succeeded yet/m.test(text) && cancel.abort()
    return run(inputs, { cancelled: cancel.signal, onLine })
  }

  /** A run in which the first write, or each, meets a fault. */
  const runWith = async (
    fault: Partial<ApiFault> & { act: Act },
    inputs: Readonly<Record<string, string | undefined>> = PASSING,
  ) => {
    await subject().order({ match: WRITE, ...fault })
    return run(inputs)
  }

  /** Acts when the first write is done and before its answer is sent. */
  const whenWritten = (after: () => unknown, inputs: Readonly<Record<string, string>> = {}) =>
    runWith(
      { times: 1, act: hooks({ after: async () => void (await after()) }) },
      { ...FAILING, ...inputs },
    )

  const label = async (value: string) =>
    void (await subject().merge({ metadata: { labels: { team: value } } }))

  const isPut = async (weights: Record<string, number>) => {
    expect(await subject().weights()).toEqual(weights)
    expect(await subject().journals()).toEqual([])
  }

  /** Milliseconds between the run's calls that ended with this status and the next of their kind. */
  const pausesAfter = ({ record }: RunResult, status: number) => {
    const calls = record.apiCalls.filter(({ method }) => method === 'PATCH')
    return calls.flatMap(({ outcome, startedMs, tookMs }, index) => {
      const next = calls[index + 1]
      return outcome === status && next ? [next.startedMs - startedMs - tookMs] : []
    })
  }

  describe('fault 1: a conflict (409)', () => {
    test('with a write that leaves the weights alone is got over by a fresh look', async () => {
      const { outcome } = await runWith({ times: 1, act: hooks({ before: () => label('a') }) })
      expect(outcome.verdict).toBe('pass')
      expect(writesOf(subject()).map(({ status }) => status)).toEqual([409, 200, 200])
      await isPut({ v1: 50, v2: 50 })
    })

    test('at every write is given up after five, with nothing written', async () => {
      let count = 0
      const act = hooks({ before: () => label(`team-${++count}`) })
      const { outcome } = await runWith({ act })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
      expect(writesOf(subject())).toHaveLength(5)
      await isPut({ v1: 80, v2: 20 })
    })

    test("with a write of the weights is another one's business, and theirs stay", async () => {
      const before = async () => void (await subject().merge(spec([70, 30])))
      const { outcome } = await runWith({ times: 1, act: hooks({ before }) })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'changed-by-other' })
      expect(writesOf(subject())).toHaveLength(1)
      await isPut({ v1: 70, v2: 30 })
    })
  })

  describe('fault 2: an API server that names the time to come back', () => {
    test.each([429, 503])('is not bothered before it (%i, Retry-After)', async (status) => {
      const result = await runWith({ times: 1, act: respond(status, { retryAfterSeconds: 1 }) })
      expect(result.outcome.verdict).toBe('pass')
      const [pauseMs] = pausesAfter(result, status)
      // A timer may be a millisecond early by another clock.
      expect(pauseMs).toBeGreaterThan(995)
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 3: an API server that fails', () => {
    test.each([500, 503])('is tried again after pauses that grow (%i)', async (status) => {
      const result = await runWith({ times: 3, act: respond(status) })
      expect(result.outcome.verdict).toBe('pass')
      // Half of each pause is sure, half is at random.
      for (const [index, leastMs] of [50, 100, 200].entries())
        expect(pausesAfter(result, status)[index]).toBeGreaterThan(leastMs - 5)
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 4: a write that is carried out and whose answer', () => {
    test.each<[string, Act]>([
      ['is lost with its connection', droppedAfter()],
      ['is lost by a reset', resetsConnection({ done: true })],
      ['breaks off in its body', truncated(40)],
      ["is a server's fault", answeredWith(502)],
    ])('%s is found on the object, and the run goes on', async (_, act) => {
      const { outcome } = await runWith({ times: 1, act })
      expect(outcome.verdict).toBe('pass')
      await isPut({ v1: 50, v2: 50 })
    })

    test.each<[string, Act]>([
      ['its connection is closed', droppedBefore()],
      ['its connection is reset', resetsConnection()],
    ])('never comes because %s before it is carried out is sent again', async (_, act) => {
      const { outcome } = await runWith({ times: 1, act })
      expect(outcome.verdict).toBe('pass')
      expect(writesOf(subject()).map(({ status }) => status)).toEqual([0, 200, 200])
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 5: an API server that hangs', () => {
    test.each([
      ['before it has done', false],
      ['after it has done', true],
    ])('in the write, %s, ends the run in its time, with the previous weights', async (_, done) => {
      const before = await subject().text()
      const { outcome } = await runWith(
        { times: 1, act: hangs({ done }) },
        { ...PASSING, timeout: '2s' },
      )
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: done })
      expect(outcome.message).toContain('The time limit of the run (timeout) was over before')
      expect(await subject().text()).toBe(before)
    })
  })

  describe('fault 6: credentials that are refused in mid-run (401)', () => {
    test('are read again, once, and the run continues', async () => {
      const { outcome } = await runWith({ times: 1, act: respond(401) })
      expect(outcome.verdict).toBe('pass')
      await isPut({ v1: 50, v2: 50 })
    })

    test('and refused again end the run, with nothing written', async () => {
      const { outcome } = await runWith({ times: 2, act: respond(401) })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'access' })
      expect(writesOf(subject())).toHaveLength(2)
      await isPut({ v1: 80, v2: 20 })
    })
  })

  describe('fault 7: credentials that are refused at the rollback (401)', () => {
    const refuse = async () => void (await subject().order({ act: respond(401) }))

    test('for good leave the state and the commands that restore it as the last words, which do so on this very object alone', async () => {
      const before = await subject().text()
      await subject().order({ match: WRITE, times: 1, act: hooks({ after: () => refuse() }) })
      const { outcome } = await runUntilRefused(FAILING)
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'rollback-failed' })
      expect(outcome.message).toContain('The API server does not accept the credentials (401')
      expect(outcome.message).toContain('the weights of this run (v1 50%, v2 50%)')
      expect(outcome.message).toContain('Before the run it had v1 80%, v2 20%')
      expect(await subject().weights()).toEqual({ v1: 50, v2: 50 })
      await subject().clear()
      expect(await subject().paste(commandsIn(outcome.remedy))).toMatchObject({ status: 0 })
      expect(await subject().text()).toBe(before)
      await subject().recreate()
      await subject().merge({ metadata: { annotations: { 'istio-traffic-shift/journal': 'x' } } })
      const again = await subject().text()
      const { status } = await subject().paste(commandsIn(outcome.remedy))
      expect(status).not.toBe(0)
      expect(await subject().text()).toBe(again)
    })

    test('leave the command that removes the journal where the weights were to be kept', async () => {
      await subject().order({ match: WRITE, times: 1, act: hooks({ after: () => refuse() }) })
      const { outcome } = await runUntilRefused({ ...FAILING, 'on-failure': 'keep' })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'rollback-failed' })
      await subject().clear()
      expect(await subject().paste(commandsIn(outcome.remedy))).toMatchObject({ status: 0 })
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 8: an admission webhook that denies', () => {
    test('has its words told as they are, and is asked once', async () => {
      const words = 'not on a Friday: `policy` <b>#7</b>'
      const { outcome } = await runWith({ act: deniedBy('policy.example.com', words) })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
      expect(outcome.message).toContain(
        `admission webhook "policy.example.com" denied the request: ${words}`,
      )
      expect(writesOf(subject())).toHaveLength(1)
      await isPut({ v1: 80, v2: 20 })
    })
  })

  describe('fault 9: an admission webhook that cannot be reached', () => {
    test('is tried five times before the write, and nothing is written', async () => {
      const { outcome } = await runWith({
        match: { method: 'PATCH' },
        act: webhookFails('policy.example.com'),
      })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
      expect(outcome.message).toContain('failed calling webhook "policy.example.com"')
      expect(
        subject()
          .calls()
          .filter(({ method }) => method === 'PATCH'),
      ).toHaveLength(5)
      expect(writesOf(subject())).toEqual([])
      await isPut({ v1: 80, v2: 20 })
    })

    test('at the write itself is tried five times, and leaves nothing to undo', async () => {
      const { outcome } = await runWith({ act: webhookFails('policy.example.com') })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
      expect(outcome.message).toContain('failed calling webhook "policy.example.com"')
      expect(writesOf(subject())).toHaveLength(5)
      await isPut({ v1: 80, v2: 20 })
    })

    test('at the write itself for a while does not stop the run', async () => {
      const act = webhookFails('policy.example.com', 'timeout')
      const { outcome } = await runWith({ times: 2, act })
      expect(outcome.verdict).toBe('pass')
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 10: a schema that refuses (422)', () => {
    test('is believed at once, with its words', async () => {
      const body = {
        kind: 'Status',
        status: 'Failure',
        reason: 'Invalid',
        code: 422,
        message: 'VirtualService "tcp-echo" is invalid: spec.tcp[0].route[0].weight: no',
      }
      const { outcome } = await runWith({ act: respond(422, { body }) })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
      expect(outcome.message).toContain(body.message)
      expect(writesOf(subject())).toHaveLength(1)
      await isPut({ v1: 80, v2: 20 })
    })
  })

  describe('fault 11: a missing right (403)', () => {
    test('is named with the verb and the rule that grants it', async () => {
      const no = { kind: 'SelfSubjectAccessReview', spec: {}, status: { allowed: false } }
      await subject().order({
        match: { method: 'POST', path: /selfsubjectaccessreviews/ },
        act: respond(201, { body: no }),
      })
      const { outcome } = await runWith({ match: { method: 'PATCH' }, act: respond(403) })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'access', rolledBack: false })
      expect(outcome.remedy).toContain(
        'resources: ["virtualservices"], verbs: ["patch"], resourceNames: ["tcp-echo"]',
      )
      await isPut({ v1: 80, v2: 20 })
    })

    test('is distinguished from a policy that refuses a user who has it', async () => {
      const { outcome } = await runWith({ match: { method: 'PATCH' }, act: respond(403) })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster' })
      expect(outcome.message).toContain('Admission control refused it')
    })
  })

  describe('fault 12: an object that is not there', () => {
    test.each([
      ['no such object', { 'virtual-service': 'tcp-ecko' }, 'VirtualService tcp-ecko not found'],
      ['no such namespace', { namespace: 'demon' }, 'Namespace demon not found'],
    ])('because there is %s is said so', async (_, inputs, says) => {
      const { outcome } = await run({ ...PASSING, ...inputs })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
      expect(outcome.message).toContain(says)
    })

    test('because there is no such kind is said so', async () => {
      await subject().order({ act: servesOnly() })
      const { outcome } = await run(PASSING)
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
      expect(outcome.message).toContain('The API group networking.istio.io is not installed there.')
    })
  })

  describe("fault 13: an API server that knows Istio's objects by", () => {
    test.each(['v1beta1', 'v1alpha3'])('%s alone is written to by that', async (version) => {
      await subject().order({ act: servesOnly(version) })
      const { outcome } = await run(PASSING)
      expect(outcome.verdict).toBe('pass')
      for (const { path } of writesOf(subject())) expect(path).toContain(`/${version}/`)
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 14: an object that is deleted in mid-run', () => {
    test('is said to be gone, and nothing is made in its place', async () => {
      const { outcome } = await whenWritten(() => subject().remove())
      expect(outcome).toMatchObject({
        verdict: 'error',
        reason: 'changed-by-other',
        rolledBack: false,
      })
      expect(outcome.message).toContain('was deleted')
      expect(outcome.weights).toBeUndefined()
      await expect(subject().text()).rejects.toThrow()
    })
  })

  describe('fault 15: an object that is deleted and recreated in mid-run', () => {
    test('is another one by its uid, and never written to', async () => {
      const { outcome } = await whenWritten(() => subject().recreate())
      expect(outcome).toMatchObject({
        verdict: 'error',
        reason: 'changed-by-other',
        rolledBack: false,
      })
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 22: two runs at once', () => {
    test('are one that wins and one that writes nothing', async () => {
      const write = hooks({
        after: async () => {
          const second = await run({ ...PASSING, weight: '90' }, { run: { id: 'b', attempt: 1 } })
          expect(second.outcome).toMatchObject({ verdict: 'error', reason: 'locked' })
          expect(second.outcome.message).toContain('Another run is shifting demo/tcp-echo')
        },
      })
      const { outcome } = await runWith({ times: 1, act: write })
      expect(outcome.verdict).toBe('pass')
      expect(writesOf(subject())).toHaveLength(2)
      await isPut({ v1: 50, v2: 50 })
    })

    test('that both passed their preflight checks: the slower one loses', async () => {
      const first: RunResult[] = []
      const before = async () =>
        void first.push(await run({ ...PASSING, weight: '60' }, { run: { id: 'a', attempt: 1 } }))
      const { outcome } = await runWith({ times: 1, act: hooks({ before }) })
      expect(first[0]?.outcome.verdict).toBe('pass')
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'changed-by-other' })
      expect(outcome.rolledBack).toBe(false)
      await isPut({ v1: 40, v2: 60 })
    })
  })

  describe('fault 23: a rollback that fails', () => {
    test.each<[string, Act, number]>([
      ['six times because connections drop', droppedBefore(), 6],
      ['four times because connections are reset', resetsConnection(), 4],
      ['six times because of 503', respond(503), 6],
      ['once because it has to wait for half a minute', respond(429, LATER), 1],
      ['three times because answers break off', truncated(10), 3],
      ['once because the API server hangs', hangs(), 1],
      ['once because its answer is lost', droppedAfter(), 1],
    ])('%s is done all the same', async (_, act, times) => {
      const before = await subject().text()
      const { outcome } = await whenWritten(() => subject().order({ match: whatever, times, act }))
      expect(outcome).toMatchObject(ROLLED_BACK)
      expect(await subject().text()).toBe(before)
    })
  })

  describe('fault 41: an answer without an end', () => {
    test('to a write that was carried out is given up, and the write is found on the object', async () => {
      const { outcome } = await runWith({ times: 1, act: answered(() => ' '.repeat(65 * MIB)) })
      expect(outcome.verdict).toBe('pass')
      await isPut({ v1: 50, v2: 50 })
    })
  })

  describe('fault 42: an answer that is nested too deeply', () => {
    const nested = (text: string) =>
      text.replace('{', `{"deep":${'{"a":['.repeat(5000)}${']}'.repeat(5000)},`)

    test('to a write that was carried out is not read, and the write is found on the object', async () => {
      const { outcome } = await runWith({ times: 1, act: answered(nested) })
      expect(outcome.verdict).toBe('pass')
      await isPut({ v1: 50, v2: 50 })
    })

    test('to every read is named, and nothing is written', async () => {
      await subject().order({ match: { method: 'GET' }, act: answered(nested) })
      const { outcome } = await run(PASSING)
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
      expect(outcome.message).toContain('answered 200 with JSON of more than 500 levels')
      expect(writesOf(subject())).toEqual([])
    })
  })

  describe('fault 43: an API server that asks for a pause of centuries', () => {
    test('is not asked again at once, and the run ends in its time with nothing written', async () => {
      await subject().order({ act: respond(503, { retryAfterSeconds: 1_000_000_000_000 }) })
      const { outcome } = await run({ ...PASSING, timeout: '1s' })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: false })
      expect(subject().calls()).toHaveLength(1)
    })
  })
}

/** The commands of a text that says what to do: its indented lines. */
function commandsIn(remedy: string): string {
  return remedy
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .join('\n')
}

const LATER = { retryAfterSeconds: 30 }

function whatever(): boolean {
  return true
}

const MIB = 1024 * 1024

/** Does what was asked and changes the body of the answer. */
function answered(change: (body: string) => string): Act {
  return async (_request, handle) => {
    const outcome = await handle()
    if (outcome.kind === 'answer') outcome.response.body = change(outcome.response.body)
    return outcome
  }
}

/** Does what was asked and answers with another status. */
function answeredWith(status: number): Act {
  const answer = respond(status)
  return async (request, handle, signal) => {
    await handle()
    return answer(request, handle, signal)
  }
}

function spec([v1, v2]: readonly [number, number]) {
  const to = (subset: string, weight: number) => ({
    destination: { host: 'tcp-echo', port: { number: 9000 }, subset },
    weight,
  })
  return { spec: { tcp: [{ match: [{ port: 31400 }], route: [to('v1', v1), to('v2', v2)] }] } }
}

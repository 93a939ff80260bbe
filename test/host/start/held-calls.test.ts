import { expect, test } from 'vitest'
import { holdCalls } from '../../../src/host/start/held-calls.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const CALL = { method: 'GET', path: '/version', outcome: 200, startedMs: 0, tookMs: 1 }
const RETRY = { method: 'GET', path: '/version', why: 'HTTP 503', next: 2, of: 5 }

test('calls are kept in their order until something takes them, and passed on at once from then on', () => {
  const { hooks, passTo } = holdCalls()
  const taken: RunEvent[] = []
  hooks.onRetry(RETRY)
  hooks.onCall(CALL)
  expect(taken).toEqual([])
  passTo((event) => taken.push(event))
  expect(taken.map(({ kind }) => kind)).toEqual(['api-retry', 'api-call'])
  hooks.onCall(CALL)
  expect(taken.map(({ kind }) => kind)).toEqual(['api-retry', 'api-call', 'api-call'])
})

test.each([
  ['was sent', 'onSent', undefined],
  ['had an answer', 'onCall', CALL],
  ['is to be repeated', 'onRetry', RETRY],
] as const)('the wait ends when a request %s', async (_, hook, told) => {
  const { hooks, sent } = holdCalls()
  Reflect.apply(hooks[hook], undefined, [told])
  await expect(sent).resolves.toBeUndefined()
})

test('the wait ends also if no request can be sent', async () => {
  await expect(holdCalls().sent).resolves.toBeUndefined()
})

import { describe, expect, test } from 'vitest'
import { ApiError, unanswered } from '../../src/kube/api-error.ts'
import { stopFor, stopForWrite } from '../../src/kube/api-problem.ts'
import type { ApiServer } from '../../src/kube/api-server.ts'
import { RunError } from '../../src/problem/run-error.ts'

function stopAt(status: number | undefined): Error {
  const answer =
    status === undefined ? undefined : { status, reason: '', body: null, retryAfterMs: undefined }
  return stopFor(new ApiError('PATCH /x', 'its words', answer), 'the write')
}

test.each([
  [undefined, 'cluster', /this machine can reach the API server/],
  [400, 'cluster', /Correct what the answer names/],
  [401, 'access', /Renew the credentials/],
  [403, 'access', /Grant the permission/],
  [404, 'cluster', /Correct what the answer names/],
  [409, 'cluster', /Correct what the answer names/],
  [422, 'cluster', /Correct what the answer names/],
  [429, 'cluster', /Run it again/],
  [500, 'cluster', /Run it again/],
  [503, 'cluster', /Run it again/],
] as const)(
  'an answer of %s ends a run with the reason %s, the words of the answer and a remedy',
  (status, reason, remedy) => {
    const stop = stopAt(status)
    expect(stop).toBeInstanceOf(RunError)
    expect(stop).toMatchObject({ verdict: 'error', reason, remedy: expect.stringMatching(remedy) })
    expect(stop.message).toMatch(/^The write failed\. .*its words(?:\)| \(403\))?\.$/)
  },
)

test.each([
  [{ kind: 'cancelled' }, 'ITS-CANCELLED', 'The run was cancelled before the API server answered.'],
  [
    { kind: 'run-time' },
    'ITS-TIME-UP',
    'The time limit of the run (timeout) was over before the API server answered.',
  ],
  [
    { kind: 'time-limit', ms: 60_000 },
    'ITS-API-TIMEOUT',
    'The API server did not answer within 60 s.',
  ],
] as const)('a call that ended for the cause %o has its code and names it', (why, code, text) => {
  const stop = stopFor(unanswered('GET /x', 'its words', { kind: 'aborted', why }), 'the read')
  expect(stop).toMatchObject({ code, message: `The read failed. ${text}` })
})

describe('a write that is answered with 403', () => {
  const refused = new ApiError('PATCH /x', 'no', {
    ...{ status: 403, reason: 'Forbidden', body: null, retryAfterMs: undefined },
  })
  const resource = { group: 'g', version: 'v1', plural: 'things', namespace: 'n', name: 'one' }
  const stopWhere = (create: ApiServer['create']) =>
    stopForWrite(
      refused,
      { api: { create } as unknown as ApiServer, resource, doing: 'the write' },
      new AbortController().signal,
    )

  test.each([
    [true, 'ITS-ADMISSION-DENIED', /^Ask the owners of that policy/],
    [false, 'ITS-FORBIDDEN', /^Grant it in a Role in namespace n:/],
  ])('is distinguished by whether the right is there: %s', async (allowed, code, remedy) => {
    const stop = await stopWhere(async () => ({ status: { allowed } }))
    expect(stop).toMatchObject({ code, remedy: expect.stringMatching(remedy) })
  })

  test('is not said to lack a right where the API server does not say whether it is there', async () => {
    const stop = await stopWhere(async () => Promise.reject(new Error('no answer')))
    expect(stop).toMatchObject({
      code: 'ITS-FORBIDDEN',
      remedy: expect.stringMatching(
        /^Whether a right is missing or a policy refused the write is not known\. .* Grant it in/,
      ),
    })
  })
})

import { expect, test } from 'vitest'
import { ApiError } from '../../src/kube/api-error.ts'
import { stopFor } from '../../src/kube/api-problem.ts'
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

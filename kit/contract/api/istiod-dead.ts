import { expect, onTestFinished, test } from 'vitest'
import type { Subject } from '../subject.ts'
import { type Callers, fresh, patch, stored } from './objects.ts'

// How it ends is chance: refused, or reset or ended where the API server still had a connection.
const WHY =
  'failed calling webhook "validation.istio.io": failed to call webhook: Post "https://[^"]+/validate\\?timeout=10s": .*(connection refused|connection reset by peer|broken pipe|EOF)$'

export function testIstiodDead(callers: () => Callers, subject: () => Subject): void {
  test.each([
    ['write', ''],
    ['dry run', '?dryRun=All'],
  ])('a %s while istiod is dead is a 500, and changes nothing', async (_, query) => {
    const { admin } = callers()
    const { path, body } = await fresh(admin)
    onTestFinished(await subject().killIstiod())
    const annotate = [{ op: 'add', path: '/metadata/annotations/a', value: 'b' }]
    const answer = await patch(admin, `${path}${query}`, annotate)
    expect(answer.status).toBe(500)
    expect(answer.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: expect.stringMatching(`^Internal error occurred: ${WHY}`),
      reason: 'InternalError',
      details: { causes: [{ message: expect.stringMatching(`^${WHY}`) }] },
      code: 500,
    })
    expect(await stored(admin, path)).toEqual(body)
  })
}

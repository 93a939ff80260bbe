import { expect, test } from 'vitest'
import {
  answeredAfter,
  delayed,
  deniedBy,
  droppedAfter,
  droppedBefore,
  hangs,
  heldUntil,
  hooks,
  resetsConnection,
  respond,
  timedOut,
  truncated,
  unauthorizedFromNow,
  warns,
  webhookFails,
} from '../../sandbox/faults/api-acts.ts'
import { dig } from '../../sandbox/objects/json.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { call, jsonPatch } from './support/call.ts'
import { deferred } from './support/deferred.ts'
import { sandboxWith, VIRTUAL_SERVICE, virtualServicePath } from './support/sandbox.ts'

const PATH = virtualServicePath()
const get = (sandbox: Sandbox) => call(sandbox, 'GET', PATH)
const annotate = (sandbox: Sandbox, value: string) =>
  jsonPatch(sandbox, PATH, [{ op: 'add', path: '/metadata/annotations/a', value }])
const annotation = (sandbox: Sandbox) =>
  dig(sandbox.objects.get(VIRTUAL_SERVICE), 'metadata', 'annotations', 'a')

test('a fault affects the matching calls as often as it was ordered, until it is cleared', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ match: { method: 'GET' }, times: 2, act: respond(503) })
  const lasting = await sandbox.faults.api({ match: { method: 'PATCH' }, act: respond(500) })
  expect((await annotate(sandbox, 'x')).status).toBe(500)
  const statuses = [await get(sandbox), await get(sandbox), await get(sandbox)]
  expect(statuses.map((answer) => answer.status)).toEqual([503, 503, 200])
  expect((await annotate(sandbox, 'x')).status).toBe(500)
  await lasting.clear()
  expect((await annotate(sandbox, 'x')).status).toBe(200)
})

test.each([
  ['the second call', { nth: 2 }, [200, 503, 200, 200]],
  ['the first patch', { method: 'PATCH', nth: 1 }, [200, 200, 503, 200]],
  ['a path', { path: /\/version$/ }, [200, 200, 200, 503]],
  ['a dry run', { dryRun: true }, [200, 200, 503, 200]],
  [
    'what a function says',
    (request: { body: string }) => request.body === '[]',
    [200, 200, 503, 200],
  ],
])('a fault can be for %s', async (_, match, statuses) => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ match, act: respond(503) })
  const answers = [
    await get(sandbox),
    await get(sandbox),
    await jsonPatch(sandbox, `${PATH}?dryRun=All`, []),
    await call(sandbox, 'GET', '/version'),
  ]
  expect(answers.map((answer) => answer.status)).toEqual(statuses)
})

test('an answer can be any status, with Retry-After and a body', async () => {
  const sandbox = await sandboxWith()
  const busy = await sandbox.faults.api({ act: respond(429, { retryAfterSeconds: 3 }) })
  const answer = await get(sandbox)
  expect(answer).toMatchObject({
    status: 429,
    body: { reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } },
  })
  expect(answer.headers['retry-after']).toBe('3')
  await busy.clear()
  await sandbox.faults.api({ act: respond(502, { body: '<html>Bad Gateway</html>' }) })
  expect(await get(sandbox)).toMatchObject({ status: 502, text: '<html>Bad Gateway</html>' })
})

test('a server without its database answers 504 with JSON that is declared as plain text', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ act: timedOut() })
  const answer = await get(sandbox)
  expect(answer.status).toBe(504)
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(JSON.parse(answer.text)).toMatchObject({ reason: 'Timeout', code: 504 })
})

test('a call can be delayed by a time', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ act: delayed(40) })
  const started = performance.now()
  expect((await get(sandbox)).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThanOrEqual(39)
})

test('a call can be held before it is carried out, until it is released', async () => {
  const sandbox = await sandboxWith()
  const release = deferred()
  const reached = deferred()
  await sandbox.faults.api({ act: hooks({ before: () => reached.resolve() }) })
  await sandbox.faults.api({ act: heldUntil(release.promise) })
  const answer = annotate(sandbox, 'late')
  await reached.promise
  expect(annotation(sandbox)).toBeUndefined()
  release.resolve()
  expect((await answer).status).toBe(200)
  expect(annotation(sandbox)).toBe('late')
})

test('a call can be held after it is carried out, until it is released', async () => {
  const sandbox = await sandboxWith()
  const release = deferred()
  const done = deferred()
  await sandbox.faults.api({ act: answeredAfter(release.promise) })
  await sandbox.faults.api({ act: hooks({ after: () => done.resolve() }) })
  const answer = annotate(sandbox, 'done')
  await done.promise
  expect(annotation(sandbox)).toBe('done')
  release.resolve()
  expect((await answer).status).toBe(200)
})

test('delayed and held calls are dropped when the sandbox stops, without being carried out', async () => {
  const sandbox = await sandboxWith()
  const begun = [deferred(), deferred()]
  const ended = [deferred(), deferred()]
  for (const [index, act] of [delayed(600_000), heldUntil(new Promise(() => {}))].entries()) {
    const match = { nth: 1, path: new RegExp(`number=${index}$`) }
    const before = () => begun[index]?.resolve()
    const after = () => ended[index]?.resolve()
    await sandbox.faults.api({ match, act: hooks({ before, after }) })
    await sandbox.faults.api({ match, act })
  }
  const calls = [0, 1].map((number) => call(sandbox, 'DELETE', `${PATH}?number=${number}`))
  const failures = Promise.allSettled(calls)
  await Promise.all(begun.map(({ promise }) => promise))
  await sandbox.stop()
  await Promise.all(ended.map(({ promise }) => promise))
  expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(sandbox.objects.get(VIRTUAL_SERVICE)).toBeDefined()
})

test('a connection dropped before the call is carried out leaves the object as it was', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ match: { method: 'PATCH' }, act: droppedBefore() })
  await expect(annotate(sandbox, 'x')).rejects.toThrow(/socket hang up|ECONNRESET/)
  expect(annotation(sandbox)).toBeUndefined()
  expect(sandbox.calls).toMatchObject([{ method: 'PATCH', status: 0, answered: false }])
})

test('a connection dropped after the call was carried out hides that', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ match: { method: 'PATCH' }, act: droppedAfter() })
  await expect(annotate(sandbox, 'x')).rejects.toThrow(/socket hang up|ECONNRESET/)
  expect(annotation(sandbox)).toBe('x')
  expect(sandbox.calls).toMatchObject([{ method: 'PATCH', status: 200, answered: false }])
})

test.each([
  [false, undefined],
  [true, 'x'],
])(
  'a connection can be reset before or after the call is carried out: %j',
  async (done, expected) => {
    const sandbox = await sandboxWith()
    await sandbox.faults.api({ match: { method: 'PATCH' }, act: resetsConnection({ done }) })
    await expect(annotate(sandbox, 'x')).rejects.toThrow(/ECONNRESET/)
    expect(annotation(sandbox)).toBe(expected)
    expect(sandbox.calls).toMatchObject([{ status: done ? 200 : 0, answered: false }])
  },
)

test('a truncated answer ends in the middle of its body', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ act: truncated(10) })
  await expect(get(sandbox)).rejects.toThrow(/aborted/)
})

test.each([
  [false, undefined],
  [true, 'x'],
])(
  'a call that hangs is never answered, whether it is carried out or not: %j',
  async (done, expected) => {
    const sandbox = await sandboxWith()
    const ended = deferred()
    await sandbox.faults.api({ act: hooks({ after: () => ended.resolve() }) })
    await sandbox.faults.api({ act: hangs({ done }) })
    const answer = annotate(sandbox, 'x')
    await ended.promise
    expect(annotation(sandbox)).toBe(expected)
    expect(sandbox.calls).toMatchObject([{ status: 0, answered: false }])
    await sandbox.stop()
    await expect(answer).rejects.toThrow()
  },
)

test('a fault can make every token unknown', async () => {
  const sandbox = await sandboxWith()
  expect((await get(sandbox)).status).toBe(200)
  await sandbox.faults.api({ act: unauthorizedFromNow() })
  expect((await get(sandbox)).status).toBe(401)
  expect((await annotate(sandbox, 'x')).status).toBe(401)
})

test("a webhook's denial has its text, and its code and reason if it has any", async () => {
  const sandbox = await sandboxWith()
  const words = 'weights are frozen until Monday'
  const message = `admission webhook "freeze.example.com" denied the request: ${words}`
  const plain = await sandbox.faults.api({ act: deniedBy('freeze.example.com', words) })
  expect((await annotate(sandbox, 'x')).body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    code: 400,
  })
  await plain.clear()
  const more = { code: 403, reason: 'Frozen' }
  await sandbox.faults.api({ act: deniedBy('freeze.example.com', words, more) })
  expect(await annotate(sandbox, 'x')).toMatchObject({
    status: 403,
    body: { message, reason: 'Frozen' },
  })
})

test.each([
  ['refused', /connect: connection refused$/],
  ['timeout', /context deadline exceeded$/],
] as const)('a webhook that fails (%s) is an internal error', async (how, message) => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ act: webhookFails('freeze.example.com', how) })
  const answer = await annotate(sandbox, 'x')
  expect(answer).toMatchObject({ status: 500, body: { reason: 'InternalError' } })
  expect(dig(answer.body, 'message')).toMatch(
    /^Internal error occurred: failed calling webhook "freeze.example.com": failed to call webhook: Post/,
  )
  expect(dig(answer.body, 'message')).toMatch(message)
})

test('a warning is sent in a header', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ act: warns('Monday is frozen') })
  const answer = await annotate(sandbox, 'x')
  expect(answer.headers.warning).toBe('299 - "Monday is frozen"')
})

test('a test can act before a call, between its execution and its answer, and after its answer', async () => {
  const sandbox = await sandboxWith()
  const seen: string[] = []
  await sandbox.faults.api({
    match: { method: 'PATCH', nth: 1 },
    act: hooks({
      before() {
        seen.push(`before: ${annotation(sandbox)}`)
        sandbox.objects.patch(VIRTUAL_SERVICE, { metadata: { annotations: { a: 'edited' } } })
      },
      after: (_, response) => void seen.push(`after: ${annotation(sandbox)}, ${response?.status}`),
      sent: () => void seen.push('sent'),
    }),
  })
  const resourceVersion =
    dig(sandbox.objects.get(VIRTUAL_SERVICE), 'metadata', 'resourceVersion') ?? ''
  const answer = await jsonPatch(sandbox, PATH, [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ])
  expect(answer.status).toBe(409)
  await annotate(sandbox, 'x')
  expect(seen).toEqual(['before: undefined', 'after: edited, 409', 'sent'])
})

test('several faults of one call take effect in the order in which they were ordered', async () => {
  const sandbox = await sandboxWith()
  const seen: string[] = []
  await sandbox.faults.api({ act: hooks({ before: () => void seen.push('outer') }) })
  await sandbox.faults.api({ act: hooks({ before: () => void seen.push('inner') }) })
  await sandbox.faults.api({ act: respond(503) })
  expect((await get(sandbox)).status).toBe(503)
  expect(seen).toEqual(['outer', 'inner'])
})

test('a custom fault is a function, and a call is carried out once, however often the function does it', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({
    match: { method: 'DELETE' },
    act: async (_, handle) => {
      await handle()
      return handle()
    },
  })
  expect((await call(sandbox, 'DELETE', PATH)).status).toBe(200)
})

test('a client that disconnects before its answer does not affect others', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.api({ times: 1, act: droppedAfter() })
  await expect(annotate(sandbox, 'x')).rejects.toThrow()
  expect((await get(sandbox)).status).toBe(200)
})

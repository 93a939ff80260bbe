import { dump } from 'js-yaml'
import { expect, test } from 'vitest'
import { ApiError } from '../../src/kube/api-error.ts'
import { readAhead } from '../../src/kube/read-ahead.ts'
import { apiOf, NEVER } from './support/cluster.ts'
import { json, scriptedServer } from './support/scripted-server.ts'

/** The API server at an address, for a user with a token. */
function apiAt(server: string) {
  return apiOf(
    dump({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: { token: 'the-token' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  )
}

const PATH = '/apis/group/v1/namespaces/demo/objects/one'

test('the first read of the path has the answer that was requested before', async () => {
  const server = await scriptedServer(json(200, { read: 1 }), json(200, { read: 2 }))
  const api = readAhead(apiAt(server.url), PATH)
  await expect.poll(() => server.received.length).toBe(1)
  expect(await api.get(PATH, NEVER)).toEqual({ read: 1 })
  expect(server.received.map(({ url }) => url)).toEqual([PATH])
})

test('later reads of the path are requests of their own', async () => {
  const server = await scriptedServer(json(200, { read: 1 }), json(200, { read: 2 }))
  const api = readAhead(apiAt(server.url), PATH)
  await api.get(PATH, NEVER)
  expect(await api.get(PATH, NEVER)).toEqual({ read: 2 })
})

test('a read of another path has an answer of its own', async () => {
  const server = await scriptedServer((response, request) =>
    json(200, { url: request.url })(response, request),
  )
  const api = readAhead(apiAt(server.url), PATH)
  expect(await api.get('/version', NEVER)).toEqual({ url: '/version' })
  expect(await api.get(PATH, NEVER)).toEqual({ url: PATH })
})

test('a refusal of the early read is the error of the first read', async () => {
  const server = await scriptedServer(json(403, { kind: 'Status', message: 'not allowed' }))
  const api = readAhead(apiAt(server.url), PATH)
  await expect(api.get(PATH, NEVER)).rejects.toMatchObject({ status: 403 })
})

test('an early read that no one asks for ends without an unhandled error', async () => {
  const server = await scriptedServer(json(403, { kind: 'Status', message: 'not allowed' }))
  readAhead(apiAt(server.url), PATH)
  await expect.poll(() => server.received.length).toBe(1)
})

test('the signal of the first read ends the early read', async () => {
  const server = await scriptedServer(() => undefined)
  const api = readAhead(apiAt(server.url), PATH)
  await expect.poll(() => server.received.length).toBe(1)
  const cancel = new AbortController()
  const read = api.get(PATH, cancel.signal)
  cancel.abort()
  await expect(read).rejects.toMatchObject({ noAnswer: { kind: 'aborted' } })
  await expect(read).rejects.toBeInstanceOf(ApiError)
})

test('a signal that was aborted before the first read ends the early read', async () => {
  const server = await scriptedServer(() => undefined)
  const api = readAhead(apiAt(server.url), PATH)
  await expect(api.get(PATH, AbortSignal.abort())).rejects.toMatchObject({
    noAnswer: { kind: 'aborted' },
  })
})

import { describe, expect, test } from 'vitest'
import { type Json, objectAt } from '../../../sandbox/objects/json.ts'
import type { Client } from '../client.ts'
import { USER } from '../subject.ts'
import {
  type Callers,
  COLLECTION,
  failure,
  forbidden,
  GROUP,
  JSON_PATCH,
  patch,
  pathTo,
} from './objects.ts'

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const ANONYMOUS = 'system:anonymous'

export function testRights(callers: () => Callers): void {
  const get = (client: Client, path: string) => client.call('GET', path)

  describe('an unknown token', () => {
    test.each<[string, (client: Client) => ReturnType<Client['call']>]>([
      ['a read', (client) => get(client, pathTo('tcp-echo'))],
      ['a patch', (client) => patch(client, pathTo('tcp-echo'), [])],
      ['discovery', (client) => get(client, `/apis/${GROUP}`)],
      ['a review', (client) => client.call('POST', REVIEWS, { body: {} })],
      ['what is not served', (client) => get(client, '/apis/no.such.group')],
    ])('is a 401, whatever it comes with: %s', async (_, ask) => {
      const { status, body, headers } = await ask(callers().admin.as('wrong'))
      expect(status).toBe(401)
      expect(body).toEqual(failure(401, 'Unauthorized', 'Unauthorized'))
      expect(headers['www-authenticate']).toBeUndefined()
    })
  })

  describe('a missing right', () => {
    test.each<[string, string, string, Json]>([
      ['to delete', 'DELETE', pathTo('tcp-echo'), forbidden('delete', 'tcp-echo')],
      ['to another object', 'GET', pathTo('other'), forbidden('get', 'other')],
      ['to patch another', 'PATCH', pathTo('other'), forbidden('patch', 'other')],
      ['to replace', 'PUT', pathTo('tcp-echo'), forbidden('update', 'tcp-echo')],
      ['to list', 'GET', COLLECTION, forbidden('list')],
      ['to create', 'POST', COLLECTION, forbidden('create')],
      ['to delete all', 'DELETE', COLLECTION, forbidden('deletecollection')],
      [
        'to a status',
        'PATCH',
        `${pathTo('tcp-echo')}/status`,
        failure(
          403,
          'Forbidden',
          `virtualservices.${GROUP} "tcp-echo" is forbidden: User "${USER}" cannot patch resource "virtualservices/status" in API group "${GROUP}" in the namespace "demo"`,
          { name: 'tcp-echo', group: GROUP, kind: 'virtualservices' },
        ),
      ],
      [
        'to the whole cluster',
        'GET',
        '/api/v1/nodes',
        failure(
          403,
          'Forbidden',
          `nodes is forbidden: User "${USER}" cannot list resource "nodes" in API group "" at the cluster scope`,
          { kind: 'nodes' },
        ),
      ],
      [
        'to a namespace',
        'GET',
        '/api/v1/namespaces/demo',
        failure(
          403,
          'Forbidden',
          `namespaces "demo" is forbidden: User "${USER}" cannot get resource "namespaces" in API group "" in the namespace "demo"`,
          { name: 'demo', kind: 'namespaces' },
        ),
      ],
    ])(
      'is a 403 with the user, the verb and the resource: %s',
      async (_, method, path, expected) => {
        const options =
          method === 'GET' || method === 'DELETE' ? {} : { body: [], type: JSON_PATCH }
        const { status, body, headers } = await callers().user.call(method, path, options)
        expect(status).toBe(403)
        expect(body).toEqual(expected)
        expect(headers['x-content-type-options']).toBe('nosniff')
      },
    )

    test.each([
      ['an object', pathTo('none'), 'none', GROUP, 'demo'],
      ['a namespace', pathTo('tcp-echo').replace('/demo/', '/none/'), 'tcp-echo', GROUP, 'none'],
      ['a version', pathTo('other', 'v9'), 'other', GROUP, 'demo'],
      [
        'a group',
        '/apis/no.such.group/v1/namespaces/demo/virtualservices/tcp-echo',
        'tcp-echo',
        'no.such.group',
        'demo',
      ],
    ])('is reported before a missing object: %s', async (_, path, name, group, namespace) => {
      const { status, body } = await get(callers().user, path)
      expect(status).toBe(403)
      expect(body).toEqual(
        failure(
          403,
          'Forbidden',
          `virtualservices.${group} "${name}" is forbidden: User "${USER}" cannot get resource "virtualservices" in API group "${group}" in the namespace "${namespace}"`,
          { name, group, kind: 'virtualservices' },
        ),
      )
    })

    test('is that of a request without a token', async () => {
      const anonymous = callers().admin.as(undefined)
      const object = await get(anonymous, pathTo('tcp-echo'))
      expect(object.status).toBe(403)
      expect(object.body).toEqual(forbidden('get', 'tcp-echo', ANONYMOUS))
      const discovery = await get(anonymous, '/apis')
      expect(discovery.status).toBe(403)
      expect(discovery.body).toEqual(
        failure(403, 'Forbidden', `forbidden: User "${ANONYMOUS}" cannot get path "/apis"`, {}),
      )
      const missing = await get(anonymous, '/no/such/path')
      expect(missing.status).toBe(403)
    })
  })

  test('the rights to get and patch one object are enough for that, including discovery', async () => {
    const { user } = callers()
    expect((await get(user, pathTo('tcp-echo'))).status).toBe(200)
    expect((await get(user, pathTo('tcp-echo', 'v1beta1'))).status).toBe(200)
    expect((await patch(user, pathTo('tcp-echo'), [])).status).toBe(200)
    expect((await get(user, `/apis/${GROUP}/v1`)).status).toBe(200)
    const only = `${COLLECTION}?fieldSelector=metadata.name%3Dtcp-echo`
    expect((await get(user, only)).status).toBe(403)
  })

  describe('a SelfSubjectAccessReview', () => {
    const about = (verb: string, name: string, more: Record<string, string> = {}) => ({
      group: GROUP,
      resource: 'virtualservices',
      namespace: 'demo',
      name,
      verb,
      ...more,
    })
    const review = (client: Client, spec: Json) =>
      client.call('POST', REVIEWS, {
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec },
        headers: { 'User-Agent': 'asker/1' },
      })

    test.each([
      ['patch', 'tcp-echo', {}, true],
      ['get', 'tcp-echo', {}, true],
      ['patch', 'tcp-echo', { version: 'v1' }, true],
      ['patch', 'other', {}, false],
      ['patch', '', {}, false],
      ['delete', 'tcp-echo', {}, false],
      ['*', 'tcp-echo', {}, false],
      ['patch', 'tcp-echo', { namespace: 'istio-system' }, false],
      ['patch', 'tcp-echo', { group: 'other' }, false],
      ['patch', 'tcp-echo', { subresource: 'status' }, false],
    ])('of %s on %j with %j is a 201 with allowed %j', async (verb, name, more, allowed) => {
      const resourceAttributes = about(verb, name, more)
      const { status, body } = await review(callers().user, { resourceAttributes })
      expect(status).toBe(201)
      const { name: named, ...unnamed } = resourceAttributes
      const expected: Json = {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        metadata: { managedFields: [expect.objectContaining({ manager: 'asker' })] },
        spec: { resourceAttributes: named === '' ? unnamed : resourceAttributes },
        status: allowed
          ? { allowed, reason: expect.stringMatching(/^RBAC: allowed by RoleBinding /) }
          : { allowed },
      }
      expect(body).toEqual(expected)
    })

    test('of an administrator is allowed without a reason', async () => {
      const { body } = await review(callers().admin, {
        resourceAttributes: about('delete', 'tcp-echo'),
      })
      expect(objectAt(body, 'status')).toEqual({ allowed: true })
    })

    test('about nothing is a 422', async () => {
      const { status, body } = await review(callers().user, {})
      expect(status).toBe(422)
      expect(body).toMatchObject({
        reason: 'Invalid',
        message: expect.stringContaining(
          'exactly one of nonResourceAttributes or resourceAttributes must be specified',
        ),
      })
    })
  })
}

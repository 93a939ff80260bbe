import { describe, expect, onTestFinished, test } from 'vitest'
import { listAt, objectAt, textAt } from '../../../sandbox/objects/json.ts'
import {
  type Callers,
  COLLECTION,
  failure,
  fresh,
  GROUP,
  newName,
  notFound,
  patch,
  pathTo,
  virtualService,
} from './objects.ts'

export function testReads(callers: () => Callers): void {
  const get = (path: string) => callers().admin.call('GET', path)

  describe('a read', () => {
    test('returns the object with the fields of the server, in alphabetical order', async () => {
      const { path, name } = await fresh(callers().admin, { labels: { a: 'b' } })
      const { status, headers, text, body } = await get(path)
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('application/json')
      expect(text).toMatch(/^\{"apiVersion":.*\}\n$/s)
      expect(Object.keys(objectAt(body))).toEqual(['apiVersion', 'kind', 'metadata', 'spec'])
      expect(Object.keys(objectAt(body, 'metadata'))).toEqual([
        'creationTimestamp',
        'generation',
        'labels',
        'managedFields',
        'name',
        'namespace',
        'resourceVersion',
        'uid',
      ])
      expect(body).toMatchObject({
        metadata: {
          creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          generation: 1,
          labels: { a: 'b' },
          name,
          namespace: 'demo',
          resourceVersion: expect.stringMatching(/^\d+$/),
          uid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        },
        spec: objectAt(virtualService(name), 'spec'),
      })
    })

    test('returns JSON as Go writes it, with the characters of HTML escaped', async () => {
      const { path } = await fresh(callers().admin, { annotations: { a: '<b>&\u2028' } })
      const { text } = await get(path)
      expect(text).toContain('"a":"\\u003cb\\u003e\\u0026\\u2028"')
    })

    test('returns the same object in three versions that differ in apiVersion only', async () => {
      const { name } = await fresh(callers().admin)
      const [v1, v1beta1, v1alpha3] = await Promise.all(
        ['v1', 'v1beta1', 'v1alpha3'].map(async (version) => {
          const { body } = await get(pathTo(name, version))
          return objectAt(body)
        }),
      )
      expect(v1?.apiVersion).toBe(`${GROUP}/v1`)
      expect(v1beta1).toEqual({ ...v1, apiVersion: `${GROUP}/v1beta1` })
      expect(v1alpha3).toEqual({ ...v1, apiVersion: `${GROUP}/v1alpha3` })
    })

    test('of a missing object has the same answer as one in a missing namespace', async () => {
      const object = await get(pathTo('none'))
      expect(object).toMatchObject({ status: 404, body: notFound('none') })
      const path = pathTo('tcp-echo').replace('/demo/', '/none/')
      expect(await get(path)).toMatchObject({ status: 404, body: notFound('tcp-echo') })
    })

    test('of a built-in kind begins with kind and apiVersion', async () => {
      const { text, body } = await get('/api/v1/namespaces/demo/services/tcp-echo')
      expect(text).toMatch(/^\{"kind":"Service","apiVersion":"v1","metadata":\{"name":"tcp-echo",/)
      expect(body).toMatchObject({ kind: 'Service', spec: { ports: [{ port: 9000 }] } })
      const missing = await get('/api/v1/namespaces/demo/services/none')
      expect(missing.body).toEqual(
        failure(404, 'NotFound', 'services "none" not found', { name: 'none', kind: 'services' }),
      )
    })

    test('that accepts only HTML is a 406', async () => {
      const headers = { Accept: 'text/html' }
      const { status, text } = await callers().admin.call('GET', pathTo('tcp-echo'), { headers })
      expect(status).toBe(406)
      const message =
        'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf'
      expect(text).toBe(JSON.stringify(failure(406, 'NotAcceptable', message), null, 2))
    })
  })

  describe('a list', () => {
    const names = async (query: string, path = COLLECTION) => {
      const { body } = await get(`${path}?${query}`)
      return listAt(body, 'items').map((item) => textAt(item, 'metadata', 'name'))
    }
    const label = (selector: string) => `labelSelector=${encodeURIComponent(selector)}`

    test('of custom objects has them whole, and a resourceVersion', async () => {
      const { name } = await fresh(callers().admin, { labels: { only: 'this' } })
      const { status, body } = await get(`${COLLECTION}?${label('only=this')}`)
      expect(status).toBe(200)
      expect(body).toEqual({
        apiVersion: `${GROUP}/v1`,
        items: [(await get(pathTo(name))).body],
        kind: 'VirtualServiceList',
        metadata: { continue: '', resourceVersion: expect.stringMatching(/^\d+$/) },
      })
    })

    test('of built-in objects has them without their kind', async () => {
      const { body } = await get(`/api/v1/namespaces/demo/pods?${label('app=tcp-echo,version=v2')}`)
      expect(body).toMatchObject({
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
        items: [{ metadata: { labels: { app: 'tcp-echo', version: 'v2' } } }],
      })
      expect(listAt(body, 'items')).toHaveLength(1)
      expect(body).not.toHaveProperty('items.0.kind')
    })

    test.each([
      ['team=a', ['one', 'two']],
      ['team==a,tier=x', ['one']],
      ['team,tier!=x', ['three', 'two']],
      ['team,!tier', ['two']],
      ['team in (a),tier', ['one']],
      ['team in (a, b)', ['one', 'three', 'two']],
      ['team,team notin (a)', ['three']],
      ['team=none', []],
    ])('by labels %j holds %j, by name', async (selector, expected) => {
      const labels = {
        two: { team: 'a' },
        one: { team: 'a', tier: 'x' },
        three: { team: 'b', tier: 'y' },
      }
      const prefix = newName()
      for (const [name, held] of Object.entries(labels)) {
        const body = virtualService(`${prefix}-${name}`, { labels: { run: prefix, ...held } })
        await callers().admin.call('POST', COLLECTION, { body })
        onTestFinished(async () => {
          await callers().admin.call('DELETE', pathTo(`${prefix}-${name}`))
        })
      }
      expect(await names(label(`run=${prefix},${selector}`))).toEqual(
        expected.map((name) => `${prefix}-${name}`),
      )
    })

    test('with a field selector has the objects of that name', async () => {
      expect(await names('fieldSelector=metadata.name%3Dtcp-echo')).toEqual(['tcp-echo'])
    })

    test('with an invalid selector is a 400', async () => {
      const { status, body } = await get(`${COLLECTION}?${label('===')}`)
      expect(status).toBe(400)
      const message = "found '==', expected: !, identifier, or 'end of string'"
      expect(body).toMatchObject({
        reason: 'BadRequest',
        message: expect.stringContaining(message),
      })
    })

    test('of a missing namespace is empty', async () => {
      const { status, body } = await get(COLLECTION.replace('/demo/', '/none/'))
      expect(status).toBe(200)
      expect(listAt(body, 'items')).toEqual([])
    })

    test('of all namespaces has the objects of each', async () => {
      expect(await names('', `/apis/${GROUP}/v1/virtualservices`)).toContain('tcp-echo')
      expect(await names('', '/api/v1/services')).toEqual(
        expect.arrayContaining(['tcp-echo', 'istio-ingressgateway']),
      )
    })
  })

  describe('every answer', () => {
    test.each([
      ['a read', 200, () => get(pathTo('tcp-echo'))],
      ['a read of what is not there', 404, () => get(pathTo('none'))],
      ['a path that nothing serves', 404, () => get('/apis/no.such.group')],
      ['a refused patch', 422, () => patch(callers().admin, pathTo('tcp-echo'), [{}])],
      ['an unknown token', 401, () => callers().admin.as('wrong').call('GET', '/apis')],
      ['a right that is missing', 403, () => callers().user.call('GET', pathTo('none'))],
    ])('has a date, an Audit-Id and is not to be cached: %s', async (_, status, ask) => {
      const { headers, ...answer } = await ask()
      expect(answer.status).toBe(status)
      expect(headers.date).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
      expect(Math.abs(Date.parse(headers.date ?? '') - Date.now())).toBeLessThan(5_000)
      expect(headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers['cache-control']).toBe('no-cache, private')
      // Who is not known is not sorted into any flow.
      for (const sort of ['flowschema', 'prioritylevel'])
        expect(headers[`x-kubernetes-pf-${sort}-uid`]).toEqual(
          status === 401 ? undefined : expect.stringMatching(/^[0-9a-f-]{36}$/),
        )
    })
  })
}

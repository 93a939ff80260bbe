import { describe, expect, test } from 'vitest'
import { listAt, textAt } from '../../../sandbox/objects/json.ts'
import { type Callers, GROUP, pathTo } from './objects.ts'

export function testDiscovery(callers: () => Callers): void {
  describe('discovery', () => {
    test("lists the versions of Istio's group, the preferred one first", async () => {
      const { status, body } = await callers().user.call('GET', `/apis/${GROUP}`)
      expect(status).toBe(200)
      const version = (name: string) => ({ groupVersion: `${GROUP}/${name}`, version: name })
      expect(body).toEqual({
        kind: 'APIGroup',
        apiVersion: 'v1',
        name: GROUP,
        versions: [version('v1'), version('v1beta1'), version('v1alpha3')],
        preferredVersion: version('v1'),
      })
    })

    test.each(['v1', 'v1beta1', 'v1alpha3'])('lists the resources of %s', async (version) => {
      const { body } = await callers().user.call('GET', `/apis/${GROUP}/${version}`)
      expect(body).toMatchObject({
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: `${GROUP}/${version}`,
      })
      const rows = listAt(body, 'resources')
      const row = rows.find((one) => textAt(one, 'name') === 'virtualservices')
      expect(row).toMatchObject({
        name: 'virtualservices',
        singularName: 'virtualservice',
        namespaced: true,
        kind: 'VirtualService',
        shortNames: ['vs'],
        categories: ['istio-io', 'networking-istio-io'],
      })
      const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update']
      expect(listAt(row, 'verbs')).toEqual(expect.arrayContaining(verbs))
    })

    test("lists Istio's group among all, and the core group apart from them", async () => {
      const { body } = await callers().user.call('GET', '/apis')
      expect(body).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' })
      const names = listAt(body, 'groups').map((group) => textAt(group, 'name'))
      expect(names).toEqual(
        expect.arrayContaining([GROUP, 'authorization.k8s.io', 'discovery.k8s.io']),
      )
      const core = await callers().user.call('GET', '/api')
      expect(core.body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
      const resources = await callers().user.call('GET', '/api/v1')
      expect(resources.body).toMatchObject({ kind: 'APIResourceList', groupVersion: 'v1' })
    })

    test('returns the version to everyone', async () => {
      const { status, body } = await callers().admin.as(undefined).call('GET', '/version')
      expect(status).toBe(200)
      expect(body).toMatchObject({ major: '1', gitVersion: expect.stringMatching(/^v1\.\d+\./) })
    })

    test.each([
      '/apis/no.such.group',
      '/apis/no.such.group/v1',
      `/apis/${GROUP}/v9`,
      '/apis/no.such.group/v1/namespaces/demo/virtualservices/tcp-echo',
      pathTo('tcp-echo', 'v9'),
      `/apis/${GROUP}/v1/namespaces/demo/nosuches/tcp-echo`,
      `/apis/${GROUP}/v1/namespaces/demo/nosuches`,
    ])('answers in plain text where nothing is served: %s', async (path) => {
      const { status, headers, text } = await callers().admin.call('GET', path)
      expect(status).toBe(404)
      expect(text).toBe('404 page not found\n')
      expect(headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(headers['x-content-type-options']).toBe('nosniff')
    })
  })
}

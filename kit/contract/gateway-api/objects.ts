import { describe, expect, test } from 'vitest'
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../../sandbox/objects/json.ts'
import { newName, patch, versionIn } from '../api/objects.ts'
import type { Mesh } from '../gateway/mesh.ts'
import {
  CONTROLLER,
  GROUP,
  leads,
  lend,
  newHost,
  objectOf,
  observed,
  parent,
  pathTo,
  to,
} from './mesh.ts'

const WEIGHT = '/spec/rules/0/backendRefs/0/weight'

export function testObjects(mesh: () => Mesh): void {
  const http = (rules: readonly Json[] = [leads('v1')]): JsonObject => ({
    parentRefs: [parent('http')],
    hostnames: [newHost()],
    rules: [...rules],
  })
  const refusal = async (kind: Parameters<typeof objectOf>[0], spec: JsonObject) => {
    const { status, body } = await mesh().admin.call('POST', `${pathTo(kind)}?dryRun=All`, {
      body: objectOf(kind, newName(), spec),
    })
    expect(status).toBe(422)
    return textAt(body, 'message') ?? ''
  }

  describe('an object of the Gateway API', () => {
    test('is served in v1, and some kinds in v1beta1', async () => {
      const served = async (version: string) => {
        const { body } = await mesh().admin.call('GET', `/apis/${GROUP}/${version}`)
        return listAt(body, 'resources').map((one) => textAt(one, 'name'))
      }
      expect(await served('v1')).toEqual(
        expect.arrayContaining([
          'gateways',
          'grpcroutes',
          'httproutes',
          'referencegrants',
          'tcproutes',
          'tlsroutes',
        ]),
      )
      const older = await served('v1beta1')
      expect(older).toEqual(expect.arrayContaining(['gateways', 'httproutes', 'referencegrants']))
      expect(older).not.toContain('grpcroutes')
      const { status } = await mesh().admin.call('GET', pathTo('TCPRoute', '', 'demo', 'v1alpha2'))
      expect(status).toBe(404)
    })

    test('is stored with the defaults of its schema', async () => {
      const { body } = await lend(mesh(), 'HTTPRoute', http())
      const backendRef = { group: '', kind: 'Service', name: 'web-v1', port: 80, weight: 1 }
      expect(body).toMatchObject({
        metadata: { generation: 1 },
        spec: {
          parentRefs: [
            {
              group: GROUP,
              kind: 'Gateway',
              name: 'gateway-api',
              namespace: 'istio-system',
              sectionName: 'http',
            },
          ],
          rules: [
            {
              backendRefs: [backendRef],
              matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            },
          ],
        },
      })
    })

    test('counts a change of a weight as a generation, and a weight that is the default as none', async () => {
      const { path } = await lend(mesh(), 'HTTPRoute', http())
      const before = await observed(mesh(), path)
      const same = await patch(mesh().admin, path, [{ op: 'remove', path: WEIGHT }])
      expect(versionIn(same.body)).toBe(versionIn(before))
      const other = await patch(mesh().admin, path, [
        { op: 'replace', path: WEIGHT, value: 1_000_000 },
      ])
      expect(numberAt(other.body, 'metadata', 'generation')).toBe(2)
    })

    test('has another version after its controller has written its status, but the same generation', async () => {
      const { path, body } = await lend(mesh(), 'TCPRoute', {
        parentRefs: [parent('http')],
        rules: [{ backendRefs: [{ name: 'tcp-echo-v1', port: 9000 }] }],
      })
      const after = await observed(mesh(), path)
      expect(versionIn(after)).not.toBe(versionIn(body))
      expect(numberAt(after, 'metadata', 'generation')).toBe(1)
      const guarded = await patch(mesh().admin, path, [
        { op: 'test', path: '/metadata/resourceVersion', value: versionIn(body) },
        { op: 'replace', path: WEIGHT, value: 2 },
      ])
      expect(guarded.status).toBe(422)
    })

    test('names its controller as the owner of the status', async () => {
      const { path } = await lend(mesh(), 'HTTPRoute', http())
      const after = await observed(mesh(), path)
      const owners = listAt(after, 'metadata', 'managedFields')
      const owner = owners.find((one) => textAt(one, 'subresource') === 'status')
      expect(owner).toMatchObject({ operation: 'Update', apiVersion: `${GROUP}/v1` })
      expect(objectAt(owner, 'fieldsV1')).toEqual({ 'f:status': { '.': {}, 'f:parents': {} } })
      expect(listAt(after, 'status', 'parents')).toMatchObject([{ controllerName: CONTROLLER }])
    })

    const weighs = (weight: Json) => http([{ backendRefs: [to('v1', { weight })] }])
    const filtered = (...filters: readonly JsonObject[]) =>
      http([{ backendRefs: [to('v1', { filters: [...filters] })] }])
    const sets = (count: number): JsonObject => ({
      type: 'ResponseHeaderModifier',
      responseHeaderModifier: {
        set: Array.from({ length: count }, (_, index) => ({ name: `x-${index}`, value: 'a' })),
      },
    })
    const at = 'spec.rules[0].backendRefs[0]'

    test.each<[string, JsonObject, string]>([
      [
        'a weight above 1,000,000',
        weighs(1_000_001),
        `${at}.weight: Invalid value: 1000001: ${at}.weight in body should be less than or equal to 1000000`,
      ],
      [
        'a weight below 0',
        weighs(-1),
        `${at}.weight: Invalid value: -1: ${at}.weight in body should be greater than or equal to 0`,
      ],
      [
        'a backend without a port',
        http([{ backendRefs: [{ name: 'web-v1' }] }]),
        'Must have port for Service reference',
      ],
      [
        '17 headers',
        filtered(sets(17)),
        `${at}.filters[0].responseHeaderModifier.set: Too many: 17: must have at most 16 items`,
      ],
      [
        'two filters of a type',
        filtered(sets(1), sets(1)),
        'ResponseHeaderModifier filter cannot be repeated',
      ],
      [
        'a filter without what its type names',
        filtered({ type: 'ResponseHeaderModifier' }),
        'filter.responseHeaderModifier must be specified for ResponseHeaderModifier filter.type',
      ],
      [
        'a redirect with backends',
        http([
          { ...leads('v1'), filters: [{ type: 'RequestRedirect', requestRedirect: { port: 1 } }] },
        ]),
        'RequestRedirect filter must not be used together with backendRefs',
      ],
    ])('is refused with %s', async (_, spec, message) => {
      expect(await refusal('HTTPRoute', spec)).toContain(message)
    })

    test('is refused with a second rule, if it is a TCPRoute', async () => {
      const rule = { backendRefs: [{ name: 'tcp-echo-v1', port: 9000 }] }
      const told = await refusal('TCPRoute', { parentRefs: [parent('tcp')], rules: [rule, rule] })
      expect(told).toContain('spec.rules: Too many: 2: must have at most 1 item')
    })
  })
}

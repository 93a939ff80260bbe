import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import { askHttp } from '../../sandbox/talk-http.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { eventually } from '../http/mesh.ts'
import {
  conditionOf,
  leads,
  lend,
  lendHttp,
  newHost,
  observed,
  parent,
  served,
  to,
} from './mesh.ts'

export function testGrpc(mesh: () => Mesh): void {
  const call = (host: string) => {
    const { gateway, listeners, web } = mesh()
    const at = { host: gateway.host, port: listeners.http, version: '2' } as const
    const headers = [
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
    ] as const
    return askHttp(at, {
      host,
      path: web.grpcMethod,
      method: 'POST',
      headers,
      body: Buffer.alloc(5),
    })
  }
  const matchOf = (method: JsonObject) => (Object.keys(method).length === 0 ? {} : { method })
  /** A route whose replies say by a header which of its rules was taken. */
  const lendGrpc = (host: string, rules: readonly (readonly [string, JsonObject | undefined])[]) =>
    lend(mesh(), 'GRPCRoute', {
      parentRefs: [parent('http')],
      hostnames: [host],
      rules: rules.map(([name, method]) => ({
        ...(method === undefined ? {} : { matches: [matchOf(method)] }),
        filters: [
          {
            type: 'ResponseHeaderModifier',
            responseHeaderModifier: { set: [{ name: 'x-rule', value: name }] },
          },
        ],
        backendRefs: [to('v1', {}, 9000)],
      })),
    })
  const taken = (host: string, name: string) =>
    eventually(async () => (await call(host)).headers['x-rule'] === name)

  describe('a GRPCRoute', () => {
    test('forwards calls with their trailers', async () => {
      const host = newHost()
      await lendGrpc(host, [['all', undefined]])
      await taken(host, 'all')
      expect((await call(host)).trailers).toMatchObject({ 'grpc-status': '0' })
    })

    test('prefers a method to its service, and that to all calls', async () => {
      const [, service = '', method = ''] = mesh().web.grpcMethod.split('/')
      const host = newHost()
      await lendGrpc(host, [
        ['all', undefined],
        ['service', { service }],
        ['method', { service, method }],
        ['other', { service: 'other.Service' }],
      ])
      await taken(host, 'method')
    })

    test('prefers an empty match to a rule without matches', async () => {
      const host = newHost()
      await lendGrpc(host, [
        ['without', undefined],
        ['empty', {}],
      ])
      await taken(host, 'empty')
    })

    test('is served beside an HTTPRoute for the same host, and both are accepted', async () => {
      const host = newHost()
      const { path } = await lendHttp(mesh(), host, [leads('v2')])
      const [, service = '', method = ''] = mesh().web.grpcMethod.split('/')
      const grpc = await lendGrpc(host, [['call', { service, method }]])
      await taken(host, 'call')
      expect(await served(mesh(), host)).toBe('v2')
      for (const one of [path, grpc.path])
        expect(conditionOf(await observed(mesh(), one), 'Accepted')).toMatchObject({
          status: 'True',
        })
    })

    test('answers with UNKNOWN, which stands for a 500, where no backend has a weight', async () => {
      const host = newHost()
      await lend(mesh(), 'GRPCRoute', {
        parentRefs: [parent('http')],
        hostnames: [host],
        rules: [{ backendRefs: [to('v1', { weight: 0 }, 9000)] }],
      })
      await eventually(async () => (await call(host)).headers['grpc-status'] === '2')
      expect(await call(host)).toMatchObject({ status: 200 })
    })
  })
}

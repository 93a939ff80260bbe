import { describe, expect, onTestFinished, test } from 'vitest'
import type { Affected, ReplyFault } from '../../../sandbox/faults/destination-fault.ts'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import { echoedIn, type HttpReply } from '../../sandbox/talk-http.ts'
import { hitsWithin } from '../binomial.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { get, HOST, serveRules, to } from './mesh.ts'

const REQUESTS = 8
/** A test of a fair gateway fails once in a million. */
const SURPRISE = 1e-6
const BROKEN = { kind: 'status', status: 500 } as const
const RETRIES = { attempts: 2, retryOn: '5xx' }

/** Facts about requests that the gateway sends again: its clients see the last reply only. */
export function testRetries(mesh: () => Mesh): void {
  /** Gives v2 a fault until the test is over. */
  const fault = async (kind: ReplyFault, affected?: Affected) =>
    onTestFinished(await mesh().web.faulty('v2', kind, affected))
  const ruleTo = (retries?: JsonObject, port = 80): JsonObject => ({
    route: [to('v2', {}, port)],
    ...(retries === undefined ? {} : { retries }),
  })
  const replies = async (requests = REQUESTS, ask: Parameters<typeof get>[2] = {}) => {
    const found: HttpReply[] = []
    for (let asked = 0; asked < requests; asked += 1) found.push(await get(mesh(), '/', ask))
    return found
  }
  const statuses = (found: readonly HttpReply[]) => [...new Set(found.map(({ status }) => status))]
  const attemptsIn = ({ body }: HttpReply) => echoedIn(body).headers['x-envoy-attempt-count']

  describe('an http rule', () => {
    test('without retries passes on each status of its destination', async () => {
      await serveRules(mesh(), ruleTo())
      await fault(BROKEN, { every: 2 })
      const found = (await replies()).map(({ status }) => status)
      expect(found.filter((status) => status === 500)).toHaveLength(REQUESTS / 2)
      expect(found.filter((status) => status === 200)).toHaveLength(REQUESTS / 2)
    })

    test.each<[string, ReplyFault, JsonObject]>([
      ['a status with 5xx', BROKEN, RETRIES],
      ['a status with its number', BROKEN, { attempts: 2, retryOn: '500' }],
      [
        'a 503 with gateway-error',
        { ...BROKEN, status: 503 },
        { attempts: 2, retryOn: 'gateway-error' },
      ],
      ['a reset with reset', { kind: 'resets' }, { attempts: 2, retryOn: 'reset' }],
      [
        'a late reply with perTryTimeout',
        { kind: 'slow', delayMs: 5000 },
        { ...RETRIES, perTryTimeout: '0.1s' },
      ],
    ])('hides by retries %s', async (_, kind, retries) => {
      await serveRules(mesh(), ruleTo(retries))
      await fault(kind, { every: 2 })
      const found = await replies()
      expect(statuses(found)).toEqual([200])
      // The destination was asked again.
      expect(found.map(attemptsIn)).toContain('2')
    })

    test.each<[string, ReplyFault, JsonObject, number]>([
      ['a 500 with gateway-error', BROKEN, { attempts: 2, retryOn: 'gateway-error' }, 500],
      ['a 404 with 5xx', { ...BROKEN, status: 404 }, RETRIES, 404],
      ['another number', BROKEN, { attempts: 2, retryOn: '502,503' }, 500],
      ['a reset by default', { kind: 'resets' }, { attempts: 2 }, 503],
      ['attempts of 0', BROKEN, { attempts: 0 }, 500],
    ])('does not hide %s', async (_, kind, retries, status) => {
      await serveRules(mesh(), ruleTo(retries))
      await fault(kind, { every: 2 })
      const found = (await replies()).map((reply) => reply.status)
      expect(found.filter((one) => one === status)).toHaveLength(REQUESTS / 2)
    })

    test('passes on the reply to the last attempt', async () => {
      await serveRules(mesh(), ruleTo(RETRIES))
      await fault(BROKEN)
      const [reply] = await replies(1)
      expect(reply).toMatchObject({ status: 500, headers: { 'x-version': 'v2' } })
      expect(reply && attemptsIn(reply)).toBe('3')
    })

    test('sends a request again to the destination that was chosen for it', async () => {
      const retries = { attempts: 5, retryOn: '5xx' }
      const route = [to('v1', { weight: 50 }), to('v2', { weight: 50 })]
      await serveRules(mesh(), { route, retries })
      await fault(BROKEN)
      const requests = 40
      const broken = (await replies(requests)).filter(({ status }) => status === 500).length
      const { least, most } = hitsWithin(requests, 0.5, SURPRISE)
      expect(broken).toBeGreaterThanOrEqual(least)
      expect(broken).toBeLessThanOrEqual(most)
    })

    test.each<[string, JsonObject | undefined, RegExp]>([
      [
        'by default',
        undefined,
        /\. retried and the latest reset reason: remote connection failure/,
      ],
      ['except with attempts of 0', { attempts: 0 }, /\. reset reason: remote connection failure/],
    ])('connects again %s', async (_, retries, body) => {
      await serveRules(mesh(), ruleTo(retries))
      onTestFinished(await mesh().web.kill('v2'))
      // The first ones may meet a connection that the gateway has kept from before.
      const reply = (await replies()).at(-1)
      expect(reply).toMatchObject({ status: 503, body: expect.stringMatching(body) })
    })

    test.each<[string, number, readonly string[]]>([
      ['hides by default every other UNAVAILABLE', 14, ['0']],
      ['does not hide INTERNAL', 13, ['0', '13']],
    ])('for gRPC calls %s', async (_, status, expected) => {
      await serveRules(mesh(), ruleTo(undefined, 9000))
      await fault({ kind: 'grpc-status', status }, { every: 2 })
      const call = {
        host: HOST,
        path: mesh().web.grpcMethod,
        method: 'POST',
        headers: [
          ['content-type', 'application/grpc'],
          ['te', 'trailers'],
        ],
        body: Buffer.alloc(5),
      } as const
      const found: string[] = []
      for (let asked = 0; asked < REQUESTS; asked += 1) {
        const { headers, trailers } = await get(mesh(), call.path, call, { version: '2' })
        found.push(headers['grpc-status'] ?? trailers['grpc-status'] ?? '')
      }
      expect(new Set(found)).toEqual(new Set(expected))
    })
  })
}

import { describe, expect, onTestFinished, test } from 'vitest'
import type { Json } from '../../../sandbox/objects/json.ts'
import { ask, openConnection } from '../../sandbox/talk.ts'
import { patch, routeOf } from '../api/objects.ts'
import { type Mesh, ROUTE, rule, write } from './mesh.ts'

/** A connection: when it was begun, and what its reply began with (empty: there was none). */
type Tried = { beganMs: number; prefix: string }

const IN_FLIGHT = 16
const LIMIT_MS = 3_000
/** Envoy's workers switch each on their own, milliseconds apart. */
const SHARP_MS = 100

export function testChanges(mesh: () => Mesh): void {
  describe('a change of weights', () => {
    test('takes effect 20 ms to 3 s after it was written, for all connections at once, and no connection fails', async () => {
      const tried: Tried[] = []
      const { gateway, admin } = mesh()
      let sentMs = Number.POSITIVE_INFINITY
      let firstNewMs = Number.POSITIVE_INFINITY
      // A connection that began before the change may have waited for its turn until after it.
      let firstNewReplyMs = Number.POSITIVE_INFINITY
      const late = () => tried.filter(({ beganMs }) => beganMs > firstNewMs + SHARP_MS)
      const goesOn = () =>
        firstNewMs === Number.POSITIVE_INFINITY
          ? performance.now() < sentMs + LIMIT_MS
          : late().length <= IN_FLIGHT
      const workers = Array.from({ length: IN_FLIGHT }, async () => {
        while (goesOn()) {
          const beganMs = performance.now()
          const { text } = await ask(gateway)
          const [prefix = ''] = text.split(' ')
          tried.push({ beganMs, prefix })
          if (prefix !== 'two') continue
          firstNewMs = Math.min(firstNewMs, beganMs)
          firstNewReplyMs = Math.min(firstNewReplyMs, performance.now())
        }
      })
      sentMs = performance.now()
      const operations = [{ op: 'replace', path: '/spec/tcp/0/route', value: routeOf({ v2: 1 }) }]
      expect((await patch(admin, ROUTE, operations)).status).toBe(200)
      await Promise.all(workers)

      expect(firstNewReplyMs - sentMs).toBeGreaterThan(20)
      expect(firstNewMs - sentMs).toBeLessThan(LIMIT_MS)
      expect(new Set(late().map(({ prefix }) => prefix))).toEqual(new Set(['two']))
      expect(new Set(tried.map(({ prefix }) => prefix))).toEqual(new Set(['one', 'two']))
    })

    test('leaves open connections with their destination', async () => {
      const { gateway, serves } = mesh()
      const connection = await openConnection(gateway)
      onTestFinished(() => {
        connection.socket.destroy()
      })
      expect(await connection.say('a\n')).toBe('one a\n')
      await write(mesh(), rule({ v1: 0, v2: 100 }, { port: 31400 }))
      await serves({ v2: 100 })
      expect((await ask(gateway)).text).toBe('two hello\n')
      expect(await connection.say('b\n')).toBe('one b\n')
    })
  })

  describe('istiod', () => {
    const annotate = (key: string): Json => ({
      op: 'add',
      path: `/metadata/annotations/${key}`,
      value: '1',
    })
    const replace = (field: string, value: Json): Json => ({
      op: 'replace',
      path: `/spec/tcp/0/${field}`,
      value,
    })
    const isPushed = (operation: Json) => {
      const { admin, pushesAfter } = mesh()
      return pushesAfter(async () => {
        const { status, text } = await patch(admin, ROUTE, [operation])
        expect(status, text).toBe(200)
      })
    }

    test.each<[string, Json]>([
      ['weights', replace('route', routeOf({ v1: 1, v2: 1 }))],
      ['a match', replace('match', [{ port: 31400 }, { port: 1 }])],
      ["an annotation of Istio's own", annotate('x.istio.io~1y')],
    ])('pushes a change of %s', async (_, operation) => {
      expect(await isPushed(operation)).toBe(true)
    })

    test.each<[string, Json]>([
      ['an annotation', annotate('shift~1journal')],
      ['a label', { op: 'add', path: '/metadata/labels', value: { a: 'b' } }],
    ])('does not push a change of %s alone', async (_, operation) => {
      expect(await isPushed(operation)).toBe(false)
      expect((await ask(mesh().gateway)).text).toBe('one hello\n')
    })
  })
}

import { describe, expect, test } from 'vitest'
import { expectationText } from '../../src/evidence/probe/expectation.ts'
import { fitsWeights } from '../../src/init/recognize/fits-weights.ts'
import { recognize } from '../../src/init/recognize/recognize.ts'
import type { Reply } from '../../src/init/recognize/reply.ts'

const text = (...texts: string[]): Reply[] => texts.map((one) => ({ text: one, head: undefined }))

function http(body: string, headers: Record<string, string> = {}, status = 200): Reply {
  return { text: body, head: { status, headers } }
}

function versions(own: Readonly<Record<string, Reply[]>>, shares: readonly number[] = [0.8, 0.2]) {
  return Object.entries(own).map(([name, replies], index) => ({
    name,
    share: shares[index] ?? 0,
    own: replies,
  }))
}

function shown(found: ReturnType<typeof recognize>): Record<string, string> | undefined {
  return (
    found && Object.fromEntries(found.expect.map((one) => [one.destination, expectationText(one)]))
  )
}

describe('versions whose Pods were asked', () => {
  test('are recognized by the first word of their replies, although each reply has a time', () => {
    const own = {
      v1: text('one 10:01:01', 'one 10:01:02'),
      v2: text('two 10:02:03', 'two 10:02:04'),
    }
    const found = recognize(versions(own), text('one 10:05:05', 'two 10:05:06', 'one 10:05:07'))
    expect(shown(found)).toEqual({ v1: '/^one\\b/', v2: '/^two\\b/' })
    expect(found).toMatchObject({ by: 'pods', counts: [2, 1], unseen: [] })
  })

  test('are recognized by a header that names the version before any other', () => {
    const reply = (version: string, host: string) =>
      http('same', { 'x-host': host, 'x-build': `b-${version}`, 'x-version': version })
    const own = {
      v1: [reply('v1', 'a'), reply('v1', 'a')],
      v2: [reply('v2', 'b'), reply('v2', 'b')],
    }
    expect(shown(recognize(versions(own), [...own.v1, ...own.v2]))).toEqual({
      v1: 'header x-build /^b-v1$/',
      v2: 'header x-build /^b-v2$/',
    })
  })

  test('are recognized by the key and the value of JSON', () => {
    const own = {
      stable: [http('{"id":"x1","color":"blue"}'), http('{"id":"x2","color":"blue"}')],
      canary: [http('{"id":"x3","color":"green"}'), http('{"id":"x4","color":"green"}')],
    }
    expect(shown(recognize(versions(own), []))).toEqual({
      stable: '/"color":"blue"/',
      canary: '/"color":"green"/',
    })
  })

  test('are recognized by their statuses where nothing else differs', () => {
    const own = {
      v1: [http('', {}, 200), http('', {}, 200)],
      v2: [http('', {}, 204), http('', {}, 204)],
    }
    expect(shown(recognize(versions(own), []))).toEqual({ v1: 'status 200', v2: 'status 204' })
  })

  test('are not told apart by the name or the address of the only Pod of each, which the next Pod will not have', () => {
    const pods = { v1: [['7d9f-abc12', '10.0.0.1']], v2: [['5c6b-xyz98', '10.0.0.2']] }
    const withPods = (own: Readonly<Record<'v1' | 'v2', Reply[]>>) =>
      versions(own).map((one) => ({ ...one, pods: pods[one.name === 'v1' ? 'v1' : 'v2'] }))
    const named = { v1: text('7d9f-abc12', '7d9f-abc12'), v2: text('5c6b-xyz98', '5c6b-xyz98') }
    expect(recognize(withPods(named), [])).toBeUndefined()
    const addressed = {
      v1: [http('ok', { 'x-by': '10.0.0.1:80' }), http('ok', { 'x-by': '10.0.0.1:80' })],
      v2: [http('ok', { 'x-by': '10.0.0.2:80' }), http('ok', { 'x-by': '10.0.0.2:80' })],
    }
    expect(recognize(withPods(addressed), [])).toBeUndefined()
    const words = { v1: text('one', 'one'), v2: text('v2', 'v2') }
    expect(recognize(withPods(words), [])).toMatchObject({ onePod: ['v1'] })
  })

  test('are not told apart by the weights where subsets select the same Pods', () => {
    const own = { v1: text('one', 'two', 'one'), v2: text('two', 'one', 'one') }
    expect(recognize(versions(own), text('one', 'one', 'two', 'one', 'two'))).toBeUndefined()
  })

  test('are not told apart by the name of one Pod where the gateway reached another', () => {
    const own = { v1: text('pod-a', 'pod-a'), v2: text('pod-b', 'pod-b') }
    expect(recognize(versions(own), text('pod-a', 'pod-c', 'pod-b'))).toBeUndefined()
  })
})

describe('versions whose Pods could not be asked', () => {
  test('are recognized by their names in the replies, and one that has not answered by its likely reply', () => {
    const found = recognize(versions({ v1: [], v2: [] }, [1, 0]), [
      http('{"version":"v1"}'),
      http('{"version":"v1"}'),
    ])
    expect(shown(found)).toEqual({ v1: '/"version":"v1"/', v2: '/"version":"v2"/' })
    expect(found).toMatchObject({ by: 'names', unseen: ['v2'] })
  })

  test('are not recognized by a path, or by the name of a service, that looks like a version', () => {
    const replies = [http('GET /api/v1/items'), http('unknown service grpc.health.v1.Health')]
    for (const reply of replies)
      expect(recognize(versions({ v1: [], v2: [] }, [1, 0]), [reply, reply])).toBeUndefined()
  })

  test('are recognized by the weights only as a guess', () => {
    const replies = text('two a', 'one b', 'one c', 'two d', 'one e')
    const found = recognize(versions({ v1: [], v2: [] }), replies)
    expect(shown(found)).toEqual({ v1: '/^one\\b/', v2: '/^two\\b/' })
    expect(found).toMatchObject({ by: 'shares', counts: [3, 2] })
  })

  test('are not guessed where the numbers of replies do not fit the weights', () => {
    const halves = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'one' : 'two'))
    expect(recognize(versions({ v1: [], v2: [] }, [0.95, 0.05]), text(...halves))).toBeUndefined()
  })

  test('are not guessed where one has no weight, or where all replies are alike', () => {
    expect(
      recognize(versions({ v1: [], v2: [] }, [1, 0]), text('one', 'two', 'one', 'two')),
    ).toBeUndefined()
    expect(recognize(versions({ v1: [], v2: [] }), text('ok', 'ok', 'ok'))).toBeUndefined()
  })
})

test('numbers of replies fit the weights unless a split has such numbers at most once in a thousand looks', () => {
  expect(fitsWeights([16, 4], [0.8, 0.2])).toBe(true)
  expect(fitsWeights([20, 0], [0.8, 0.2])).toBe(true)
  expect(fitsWeights([20, 0], [0.5, 0.5])).toBe(false)
  expect(fitsWeights([4, 16], [0.8, 0.2])).toBe(false)
  expect(fitsWeights([20, 0], [1, 0])).toBe(true)
  expect(fitsWeights([19, 1], [1, 0])).toBe(false)
})

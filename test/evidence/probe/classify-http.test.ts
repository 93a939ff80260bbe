import { describe, expect, test } from 'vitest'
import { startClassifying } from '../../../src/evidence/probe/classify.ts'
import type {
  ConnectionOutcome,
  ReplyHead,
} from '../../../src/evidence/probe/connection-outcome.ts'
import { defaultErrors } from '../../../src/evidence/probe/default-errors.ts'
import type { Expectation } from '../../../src/evidence/probe/expectation.ts'
import { startStamps } from '../../../src/evidence/probe/stamps.ts'

const BY_HEADER: Expectation[] = [
  { destination: 'v1', headers: [{ name: 'x-version', pattern: /^v1$/ }] },
  { destination: 'v2', headers: [{ name: 'x-version', pattern: /^v2$/ }] },
]
const BY_BODY: Expectation[] = [
  { destination: 'v1', pattern: /^one/ },
  { destination: 'v2', pattern: /^two/, status: [{ from: 200, to: 299 }] },
]
const STAMP_HEADER = 'x-istio-traffic-shift'
const UPSTREAM = { server: 'istio-envoy', 'x-envoy-upstream-service-time': '3' }
const OWN = { server: 'istio-envoy' }

function reply(text: string, head: Partial<ReplyHead>): ConnectionOutcome {
  return { kind: 'reply', text, head: { status: 200, headers: UPSTREAM, ...head } }
}

function classifying(expectations: readonly Expectation[]) {
  const errors = defaultErrors('http', { stamp: false })
  return startClassifying({ expect: expectations, redact: (text) => text, errors })
}

describe('an HTTP reply', () => {
  test('is found by a header, whatever its body is', () => {
    const classify = classifying(BY_HEADER)
    const from = (version: string) =>
      classify(reply('same', { headers: { ...UPSTREAM, 'x-version': version } }))
    expect(from('v1')).toEqual({ kind: 'destination', index: 0, error: false })
    expect(from('v2')).toEqual({ kind: 'destination', index: 1, error: false })
    expect(from('v3')).toMatchObject({ kind: 'unclassified', why: 'unknown reply' })
    expect(classify(reply('same', {}))).toMatchObject({ why: 'unknown reply' })
  })

  test('meets all conditions of an expectation, or does not meet it', () => {
    const classify = classifying(BY_BODY)
    expect(classify(reply('two', { status: 204 }))).toMatchObject({ index: 1 })
    expect(classify(reply('two', { status: 404 }))).toMatchObject({
      why: 'unknown reply',
      detail: '404 two',
    })
  })

  test('with the same body and another status is classified again', () => {
    const classify = classifying(BY_BODY)
    expect(classify(reply('one', {}))).toMatchObject({ index: 0, error: false })
    expect(classify(reply('one', { status: 503 }))).toMatchObject({ index: 0, error: true })
    expect(classify(reply('one', {}))).toMatchObject({ index: 0, error: false })
  })

  test('that the gateway made is of no destination, although an expectation for its body matches', () => {
    const classify = classifying([{ destination: 'v1', pattern: /./ }])
    const met = reply('no healthy upstream', { status: 503, headers: OWN })
    expect(classify(met)).toEqual({
      kind: 'unclassified',
      why: 'gateway reply',
      detail: '503 no healthy upstream',
      error: true,
      own: 'no-endpoints',
    })
  })

  test('that the gateway made names where it redirects to', () => {
    const headers = { ...OWN, location: 'https://web.example/' }
    expect(classifying(BY_BODY)(reply('', { status: 301, headers }))).toMatchObject({
      why: 'gateway reply',
      detail: '301 to https://web.example/',
      error: false,
      own: 'redirect-to-https',
    })
  })

  test('with the header of a version is its own, even where Envoy hides how long it took', () => {
    const headers = { ...OWN, 'x-version': 'v2' }
    expect(classifying(BY_HEADER)(reply('broken', { status: 503, headers }))).toEqual({
      kind: 'destination',
      index: 1,
      error: true,
      detail: '503 broken',
    })
  })

  test('of gRPC is judged by its own status', () => {
    const classify = startClassifying({
      expect: [{ destination: 'v1', status: [{ grpc: 'OK' }] }],
      redact: (text) => text,
      errors: defaultErrors('grpc', { stamp: false }),
    })
    expect(classify(reply('', { grpcStatus: 'OK' }))).toMatchObject({ index: 0, error: false })
    const headers = { ...OWN, 'grpc-message': 'no healthy upstream' }
    expect(classify(reply('', { grpcStatus: 'UNAVAILABLE', headers }))).toMatchObject({
      why: 'gateway reply',
      detail: 'UNAVAILABLE no healthy upstream',
      error: true,
    })
  })
})

describe('a stamp', () => {
  const stamps = startStamps(STAMP_HEADER)
  const classify = startClassifying({
    expect: [],
    redact: (text) => text,
    errors: defaultErrors('http', { stamp: true }),
    stamps,
  })
  const stamped = (value: string, head: Partial<ReplyHead> = {}) =>
    classify(reply('x', { ...head, headers: { ...OWN, [STAMP_HEADER]: value } }))

  test('shows nothing before the first write', () => {
    expect(stamped('a')).toEqual({
      kind: 'previous',
      error: false,
      detail: '200 x',
      isStamped: true,
    })
    expect(classify(reply('x', {}))).toMatchObject({ kind: 'previous', isStamped: false })
  })

  test('names the destination, in errors of the gateway too, until the next write', () => {
    stamps.set(['a', 'b'])
    expect(stamped('a')).toEqual({ kind: 'destination', index: 0, error: false })
    expect(stamped('b', { status: 503 })).toEqual({
      kind: 'destination',
      index: 1,
      error: true,
      detail: '503 x',
      own: 'unavailable',
    })
    stamps.set(['c', 'd'])
    expect(stamped('b')).toMatchObject({ kind: 'previous' })
    expect(stamped('d')).toMatchObject({ kind: 'destination', index: 1 })
  })

  test('that is missing shows the former configuration', () => {
    expect(classify(reply('x', {}))).toMatchObject({ kind: 'previous' })
  })

  test('that is missing in a reply of the gateway itself shows nothing about the configuration', () => {
    expect(classify(reply('slow down', { status: 429, headers: OWN }))).toEqual({
      kind: 'unclassified',
      why: 'gateway reply',
      detail: '429 slow down',
      error: true,
      own: 'rate-limit',
    })
  })
})

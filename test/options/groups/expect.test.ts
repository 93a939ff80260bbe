import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

const HTTP = {}

describe('expect', () => {
  test('takes for each destination an expression, or any of status, header and body', () => {
    const given =
      '{v1: {status: 2xx, header: {X-Version: "^v1$"}}, v2: {status: [200, 503], body: two}, v3: {header: {x-version: "^v3$"}}}'
    expect(optionsOf({ ...HTTP, expect: given }).expect).toMatchObject([
      {
        destination: 'v1',
        status: [{ from: 200, to: 299 }],
        headers: [{ name: 'x-version', pattern: { source: '^v1$' } }],
      },
      {
        destination: 'v2',
        status: [
          { from: 200, to: 200 },
          { from: 503, to: 503 },
        ],
        pattern: { source: 'two' },
      },
      { destination: 'v3', headers: [{ name: 'x-version' }] },
    ])
  })

  test('takes the name of a gRPC status', () => {
    const [first] = optionsOf({ ...HTTP, expect: '{v1: {status: OK}, v2: two}' }).expect
    expect(first).toMatchObject({ destination: 'v1', status: [{ grpc: 'OK' }] })
  })

  test.each([
    ['a condition that does not exist', '{v1: {stats: 200}, v2: two}', /not stats\./],
    ['a list', '{v1: [one], v2: two}', /expect\.v1 must be a regular expression, or a mapping/],
    ['no condition', '{v1: {}, v2: two}', /expect\.v1 must be/],
    ['a status that does not exist', '{v1: {status: 6xx}, v2: two}', /"6xx" is not a status/],
    ['a gRPC status in another spelling', '{v1: {status: Unavailble}, v2: b}', /UNAVAILABLE\?/],
    ['a header without a mapping', '{v1: {header: v1}, v2: two}', /expect\.v1\.header must be/],
    [
      'a header name with a blank',
      '{v1: {header: {"x v": a}}, v2: two}',
      /"x v" is not the name of a header/,
    ],
    ['a body that is a mapping', '{v1: {body: {a: b}}, v2: two}', /expect\.v1\.body must be/],
    ['an expression that cannot be matched', '{v1: {body: "(?=a)"}, v2: two}', /expect\.v1\.body/],
    ['the same conditions', '{v1: {status: 200}, v2: {status: 200}}', /v1 and v2 have the same/],
    ['no value', '{v1: {status: }, v2: two}', /v1 must be a string or a number/],
  ])('refuses %s', (_, given, message) => {
    expect(wrongWith({ ...HTTP, expect: given })).toEqual([expect.stringMatching(message)])
  })

  test('may be the word stamp in a run that writes to a cluster', () => {
    expect(optionsOf({ ...HTTP, expect: 'stamp' })).toMatchObject({ stamp: true, expect: [] })
    expect(optionsOf({ ...HTTP, mode: 'plan', expect: 'stamp' })).toMatchObject({ stamp: true })
  })

  test('refuses stamps where nothing is written', () => {
    expect(wrongWith({ ...HTTP, mode: 'verify', expect: 'stamp' })).toEqual([
      'expect: stamp cannot be combined with mode: verify, which writes nothing. Use expect with a mapping instead.',
    ])
  })

  test('refuses conditions on status and header with a probe that sees neither', () => {
    expect(wrongWith({ probe: 'tcp', expect: '{v1: {status: 200}, v2: two}' })).toEqual([
      expect.stringMatching(/which probe: tcp cannot see/),
    ])
  })
})

describe('errors', () => {
  test('are statuses, separated by commas', () => {
    expect(optionsOf({ errors: '5xx, 404,UNAVAILABLE' }).errors).toEqual([
      { from: 500, to: 599 },
      { from: 404, to: 404 },
      { grpc: 'UNAVAILABLE' },
    ])
    expect(optionsOf().errors).toBeUndefined()
  })

  test('refuse what is no status', () => {
    expect(wrongWith({ errors: '5xx,oops' })).toEqual([
      expect.stringMatching(/^errors: "oops" is not a status\./),
    ])
  })
})

import { describe, expect, test } from 'vitest'
import { inputTexts } from '../../kit/options/texts.ts'
import { fromArguments } from '../../src/options/arguments.ts'
import type { OptionsFile } from '../../src/options/command-line/options-file.ts'

const NOTHING = () => {
  throw new Error('standard input was read')
}

function file(texts: Record<string, string>): OptionsFile {
  const names = Object.keys(texts)
  return {
    name: 'release.yaml',
    texts: new Map(Object.entries(texts)),
    lines: new Map(names.map((name, index) => [name, index + 1])),
    problems: [],
  }
}

const RELEASE = file({
  namespace: 'demo',
  object: 'HTTPRoute/web',
  subset: 'v2',
  weight: '100',
  steps: '5,25',
  'on-failure': 'keep',
})

const given = (words: readonly string[], from = RELEASE) =>
  fromArguments([...words, '--config', 'release.yaml'], NOTHING, [], from)

describe('an options file', () => {
  test('gives the options that the command line does not have', () => {
    const { raw, problems, placeOf } = given(['shift', '--weight', '20'])
    expect(problems).toEqual([])
    expect([raw('namespace'), raw('weight'), raw('steps')]).toEqual(['demo', '20', '5,25'])
    expect([placeOf('namespace'), placeOf('weight')]).toEqual(['release.yaml:1', undefined])
  })

  test.each([
    [
      ['verify', '--weights', 'current'],
      { weights: 'current', weight: undefined, subset: undefined },
    ],
    [['shift', '--destination', 'v3'], { destination: 'v3', subset: undefined, weight: '100' }],
    [['shift', 'vs/api'], { 'virtual-service': 'api', object: undefined }],
    [['shift', '--virtual-service', 'api'], { 'virtual-service': 'api', object: undefined }],
  ])('is replaced by %j also where two options say one thing', (words, texts) => {
    const { raw, problems } = given(words)
    expect(problems).toEqual([])
    for (const [name, text] of Object.entries(texts)) expect(raw(name)).toBe(text)
  })

  test('leaves out what the mode does not take, so that one file can be for every mode', () => {
    const { raw } = given(['rollback'])
    expect([raw('namespace'), raw('object')]).toEqual(['demo', 'HTTPRoute/web'])
    expect([raw('weight'), raw('subset'), raw('on-failure')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('may name the mode, which the command line can replace', () => {
    const withMode = file({ mode: 'verify', steps: '5' })
    expect(given([], withMode).raw('mode')).toBe('verify')
    expect(given([], withMode).raw('steps')).toBeUndefined()
    expect(given(['shift'], withMode).raw('mode')).toBe('shift')
    expect(given(['shift'], withMode).raw('steps')).toBe('5')
  })

  test('is planned with --dry-run if its mode is shift, and refused otherwise', () => {
    expect(given(['--dry-run']).raw('mode')).toBe('plan')
    expect(given(['--dry-run']).raw('steps')).toBe('5,25')
    expect(inputTexts(given(['--dry-run'], file({ mode: 'verify' })).problems)).toEqual([
      '--dry-run cannot be combined with mode "verify".',
    ])
  })

  test('and a kubeconfig cannot both be standard input', () => {
    const { problems } = fromArguments(
      ['plan', '--config', '-', '--gateway-kubeconfig', '-'],
      NOTHING,
      [],
      file({ kubeconfig: '-' }),
    )
    expect(inputTexts(problems)).toEqual([
      '--config and kubeconfig cannot both be read from standard input.',
      '--config and gateway-kubeconfig cannot both be read from standard input.',
    ])
  })

  test('is read before standard input is', () => {
    const { problems } = fromArguments(['plan', '--config', '-', '--kubeconfig', '-'], NOTHING)
    expect(problems).toEqual([])
  })
})

test('--quiet cannot be combined with --verbose', () => {
  const { problems } = fromArguments(['plan', '--quiet', '-v'], NOTHING)
  expect(inputTexts(problems)).toEqual(['--quiet cannot be combined with --verbose.'])
})

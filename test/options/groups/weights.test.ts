import { describe, expect, test } from 'vitest'
import {
  type GivenInputs,
  optionsOf,
  WITHOUT_WEIGHT,
  wrongWith,
} from '../../../kit/options/reading.ts'

describe('weight with subset', () => {
  test.each([
    ['0', 0],
    ['100', 100],
    ['7', 7],
    ['20.0', 20],
    ['12.5', 12.5],
    ['0.29', 0.29],
  ])('can be %s', (weight, percent) => {
    expect(optionsOf({ weight }).wanted).toEqual({ kind: 'weight', subset: 'v2', percent })
  })

  test('has no percent sign', () => {
    const must = 'must be a percent from 0 to 100 with at most two decimals, without a percent sign'
    expect(wrongWith({ weight: '20%' })).toEqual([`weight ${must}, not "20%".`])
    expect(wrongWith({ ...WITHOUT_WEIGHT, weights: '{v1: 80%, v2: 20}' })).toEqual([
      `weights.v1 ${must}, not "80%".`,
    ])
  })

  test.each(['-1', '101', '12.345', '100.01', '0x14', '2e1', 'NaN', 'Infinity', '1 0'])(
    'cannot be %s',
    (weight) => {
      expect(wrongWith({ weight })).toEqual([
        `weight must be a percent from 0 to 100 with at most two decimals, not "${weight}".`,
      ])
    },
  )

  test('requires subset, and subset requires weight', () => {
    expect(wrongWith({ subset: undefined })).toEqual(['subset is required with weight.'])
    expect(wrongWith({ weight: undefined })).toEqual([
      'weight is required with subset. Or use weights: a mapping of every destination to a percent.',
    ])
    expect(wrongWith(WITHOUT_WEIGHT)).toEqual([
      'weight and subset are required. Or use weights: a mapping of every destination to a percent.',
    ])
  })

  test('is for a destination that is named by host, port or subset', () => {
    const subset = 'tcp-echo.demo.svc.cluster.local/v2'
    expect(optionsOf({ subset }).wanted).toMatchObject({ subset })
  })
})

describe('weights', () => {
  const weights = (text: string, more: GivenInputs = {}) => ({
    ...WITHOUT_WEIGHT,
    weights: text,
    ...more,
  })

  test('is a mapping of every destination to a percent, 100 in total', () => {
    expect(optionsOf(weights('{v1: 80, v2: 20}')).wanted).toEqual({
      kind: 'weights',
      percents: { v1: 80, v2: 20 },
    })
    expect(optionsOf(weights('{v1: 66.67, v2: 33.33}')).wanted).toEqual({
      kind: 'weights',
      percents: { v1: 66.67, v2: 33.33 },
    })
    expect(optionsOf(weights('v1: "100"\nv2: 0')).wanted).toEqual({
      kind: 'weights',
      percents: { v1: 100, v2: 0 },
    })
  })

  test.each([
    ['{v1: 80, v2: 21}', 101],
    ['{v1: 80, v2: 19}', 99],
    ['{v1: 0, v2: 0}', 0],
    ['{v1: 66.66, v2: 33.33}', 99.99],
  ])('%s is refused, because it does not add up to 100', (text, sum) => {
    expect(wrongWith(weights(text))).toEqual([
      `weights must add up to 100. ${text} adds up to ${sum}.`,
    ])
  })

  test('each invalid percent is reported, even if the sum is 100', () => {
    expect(wrongWith(weights('{v1: 120, v2: -20}'))).toEqual([
      'weights.v1 must be a percent from 0 to 100 with at most two decimals, not "120".',
      'weights.v2 must be a percent from 0 to 100 with at most two decimals, not "-20".',
    ])
    expect(wrongWith(weights('{v1: 79.995, v2: 20.005}'))).toHaveLength(2)
    expect(wrongWith(weights('{v1: eighty, v2: 20}'))).toEqual([
      'weights.v1 must be a percent from 0 to 100 with at most two decimals, not "eighty".',
    ])
    expect(wrongWith(weights('{v1: "", v2: 100}'))).toEqual([
      'weights.v1 must be a percent from 0 to 100 with at most two decimals, not "".',
    ])
  })

  test.each(['20', '{}', '[80, 20]', '{v1: 80', 'v1:80'])(
    '%s is refused, because it is not a mapping of percents',
    (text) => {
      expect(wrongWith(weights(text))).toEqual([
        expect.stringMatching(
          /^weights must be a YAML mapping such as {v1: 80, v2: 20}, not ".*"\. .+\.$/,
        ),
      ])
    },
  )

  test('a name that is twice in expect is reported', () => {
    expect(wrongWith({ expect: 'v1: ^one\nv2: ^two\nv2: ^zwei' })[0]).toMatch(
      /^expect must .* It is not valid YAML: duplicated mapping key \(3:\d+\)\.$/,
    )
  })

  test('are not compared with expect if they do not add up to 100', () => {
    expect(wrongWith(weights('{v2: 20}'))).toEqual([
      'weights must add up to 100. {v2: 20} adds up to 20.',
    ])
  })

  test('cannot be combined with weight, subset and steps', () => {
    const wrong = wrongWith({ weights: '{v1: 80, v2: 20}', steps: '5' })
    expect(wrong).toEqual([
      'steps cannot be combined with weights. Use weight and subset.',
      'weights cannot be combined with weight and subset. Use one or the other.',
    ])
  })

  test('can be the word current in verify only', () => {
    expect(optionsOf(weights('current', { mode: 'verify' })).wanted).toEqual({ kind: 'current' })
    expect(wrongWith(weights('current'))).toHaveLength(1)
    expect(wrongWith(weights('now', { mode: 'verify' }))).toHaveLength(1)
    expect(wrongWith({ ...WITHOUT_WEIGHT, mode: 'verify' })[0]).toContain('or the word current')
  })

  test('a suggestion is made for a misspelled name in expect', () => {
    const [, wrong] = wrongWith(
      weights('{stable: 80, canary: 20}', { expect: '{stable: "^one", canray: "^two"}' }),
    )
    expect(wrong).toBe(
      'expect names canray, which weights does not name. weights has: stable, canary. Did you mean canary?',
    )
  })

  test('must name the same destinations as expect', () => {
    expect(wrongWith(weights('{v1: 80, v3: 20}'))).toEqual([
      'expect has no expression for v3, which weights names.',
      'expect names v2, which weights does not name. weights has: v1, v3.',
    ])
  })

  test('can name a destination like a property that every object has', () => {
    const expectThem = { expect: '{constructor: a, __proto__: b}' }
    const { wanted } = optionsOf(weights('{constructor: 60, __proto__: 40}', expectThem))
    expect(wanted.kind === 'weights' && Object.entries(wanted.percents)).toEqual([
      ['constructor', 60],
      ['__proto__', 40],
    ])
  })
})

describe('destination', () => {
  test('is another name for subset', () => {
    expect(optionsOf({ subset: undefined, destination: 'v2' })).toEqual(optionsOf())
    expect(optionsOf({ destination: 'v2' })).toEqual(optionsOf())
    expect(optionsOf({ destination: ' ' })).toEqual(optionsOf())
  })

  test('cannot have another value than subset', () => {
    expect(wrongWith({ destination: 'v3' })).toEqual([
      'subset and destination are two names of one input, but have different values: "v2" and "v3". Use one of them.',
    ])
  })

  test('is refused with a mode that takes no weights', () => {
    expect(
      wrongWith({ ...WITHOUT_WEIGHT, expect: undefined, mode: 'status', destination: 'v2' }),
    ).toEqual(['destination cannot be combined with mode: status.'])
  })
})

describe('steps', () => {
  test.each([
    ['5,10,50', [5, 10, 50]],
    ['5 10 50', [5, 10, 50]],
    [' 5,\n10 ,, 50 ', [5, 10, 50]],
    ['5%, 10%', [5, 10]],
    ['50, 5', [50, 5]],
  ])('%j is read as percents in this order', (steps, percents) => {
    expect(optionsOf({ steps }).steps).toEqual(percents)
  })

  test('every word that is not a percent is reported in one line', () => {
    expect(wrongWith({ steps: '5, ten, 101, 0x10, ten' })).toEqual([
      'steps must be percents from 0 to 100 with at most two decimals, separated by commas or spaces, such as 5, 25, 50. "5, ten, 101, 0x10, ten" contains "ten", "101", "0x10".',
    ])
    expect(wrongWith({ steps: '- 5\n- 10' })).toHaveLength(1)
  })

  test.each([
    ['steps', '5, 10'],
    ['step-interval', '1m'],
    ['on-failure', 'keep'],
  ])('verify refuses %s, which it would not use', (input, text) => {
    expect(wrongWith({ mode: 'verify', [input]: text })).toEqual([
      `${input} cannot be combined with mode: verify.`,
    ])
    const current = { ...WITHOUT_WEIGHT, weights: 'current', [input]: text }
    expect(wrongWith({ mode: 'verify', ...current })).toHaveLength(1)
    expect(wrongWith({ mode: 'plan', [input]: text })).toEqual([])
  })

  test('and their pauses must fit into timeout', () => {
    expect(optionsOf({ steps: '5,10', 'step-interval': '1m' }).stepIntervalMs).toBe(60_000)
    expect(wrongWith({ steps: '5,10', 'step-interval': '150s' })).toEqual([
      'step-interval: the pauses between the steps add up to 300 s, and timeout is 300 s. Use a longer timeout or a shorter step-interval.',
    ])
    expect(wrongWith({ 'step-interval': '10m' })).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

test('max-errors is read as a share, and lets a limit pass only by samples over a minute', () => {
  expect(optionsOf({ 'max-errors': '1' })).toMatchObject({ maxErrors: 0.01, healthSpanMs: 60_000 })
  expect(optionsOf({ 'max-errors': '0.05', 'health-span': '0s' })).toMatchObject({
    maxErrors: 0.0005,
    healthSpanMs: 0,
  })
})

test.each(['0', '100', '-1', 'one', '1%'])('max-errors cannot be %s', (text) => {
  const sign = text.endsWith('%') ? ', without a percent sign' : ''
  expect(wrongWith({ 'max-errors': text })).toEqual([
    `max-errors must be a percent greater than 0 and less than 100${sign}, not ${JSON.stringify(text)}.`,
  ])
})

test.each([
  ['max-errors', '1'],
  ['max-latency', 'p99=250ms'],
])(
  '%s cannot be combined with a manifest that the run edits, because it takes no samples',
  (limit, value) => {
    expect(wrongWith({ [limit]: value, manifest: 'web.yaml', expect: undefined })).toContain(
      `${limit} cannot be combined with manifest. A run that edits a file takes no samples that could show it.`,
    )
  },
)

describe('max-latency', () => {
  test.each([
    ['p99=250ms', { share: 0.99, ms: 250 }],
    ['p99.9=1s', { share: 0.999, ms: 1000 }],
    ['p50 = 2.5s', { share: 0.5, ms: 2500 }],
  ])('%s is a part of the replies and its time', (text, quantile) => {
    expect(optionsOf({ 'max-latency': text }).maxLatency).toEqual(quantile)
  })

  test.each(['99=250ms', 'p99', 'p100=1s', 'p0=1s', 'p99=0s', 'p99=fast', 'p9.9.9=1s'])(
    'cannot be %s',
    (text) => {
      expect(wrongWith({ 'max-latency': text })).toEqual([
        `max-latency must be pNN=DURATION with NN more than 0 and less than 100, such as p99=250ms or p99.9=1s, not ${JSON.stringify(text)}.`,
      ])
    },
  )

  test('suggests a unit for a time without one', () => {
    expect(wrongWith({ 'max-latency': 'p99=250' })).toEqual([
      'max-latency: "250" has no unit. Did you mean p99=250ms or p99=250s?',
    ])
  })

  test('must be shorter than probe-timeout, after which no reply is waited for', () => {
    expect(wrongWith({ 'max-latency': 'p99=5s' })).toEqual([
      'probe-timeout (5 s) must be longer than the time of max-latency (5 s). Raise probe-timeout.',
    ])
    optionsOf({ 'max-latency': 'p99=5s', 'probe-timeout': '6s' })
  })
})

test('health-span has no meaning without a limit', () => {
  expect(wrongWith({ 'health-span': '10s' })).toEqual([
    'health-span is only used with max-errors or max-latency. Remove it, or set a limit.',
  ])
  // A runner passes the default as if it were given.
  expect(optionsOf({ 'health-span': '60s' }).healthSpanMs).toBe(0)
})

test('max-errors is refused where samples cannot show errors', () => {
  const command = { probe: 'command', 'probe-command': 'dig example.com' }
  expect(wrongWith({ ...command, 'max-errors': '1' })).toEqual([
    'max-errors cannot be combined with probe: command, which cannot show whether a reply is an error.',
  ])
  expect(wrongWith({ probe: 'tcp', 'reply-until': 'match', 'max-errors': '1' })).toEqual([
    'max-errors cannot be combined with reply-until: match, because a connection that ends before the reply shows no destination. Use another reply-until.',
  ])
  optionsOf({ ...command, 'max-latency': 'p99=250ms' })
})

test('compare is on unless it is set to false', () => {
  expect(optionsOf().compare).toBe(true)
  expect(optionsOf({ compare: 'off' }).compare).toBe(false)
})

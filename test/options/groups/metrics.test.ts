import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

const PROMETHEUS = { prometheus: 'https://prometheus.example.com' }

function metrics(text: string) {
  return { ...PROMETHEUS, metrics: text }
}

test('metrics are read with their bounds', () => {
  const text = `
- name: error rate
  query: |
    sum(rate(requests{version="{{destination}}"}[{{window}}]))
  max: 0.01
- {name: orders, query: orders, min: "-5", max: 1e3}`
  expect(optionsOf(metrics(text))).toMatchObject({
    prometheus: { url: 'https://prometheus.example.com/', headers: [] },
    metrics: [
      {
        name: 'error rate',
        query: 'sum(rate(requests{version="{{destination}}"}[{{window}}]))',
        bounds: { min: undefined, max: 0.01 },
      },
      { name: 'orders', query: 'orders', bounds: { min: -5, max: 1000 } },
    ],
  })
})

test('everything that is wrong with a list of metrics is reported at once', () => {
  const text = `
- {query: up, max: 1, maxx: 2}
- {name: a, max: one}
- {name: a, query: up}
- {name: b, query: up, min: 2, max: 1}
- {name: b, query: 'up{a="{{destinatio}}"}', max: .inf}
- {name: c, query: 'rate({{object}}[{{window}}])', max: 1}
- up`
  expect(wrongWith(metrics(text))).toEqual([
    'metrics: metric 1 must have a name on one line, of at most 60 characters.',
    'metrics: metric 1 has a field "maxx", which is not one of name, query, min, max. Did you mean max?',
    'metrics: a must have a query of at most 20,000 characters.',
    'metrics: a: max must be a number.',
    'metrics: a must have min or max, or both.',
    'metrics: b: min (2) is greater than max (1).',
    'metrics: b: {{destinatio}} is not one of {{namespace}}, {{object}}, {{destination}}, {{host}}, {{window}}. Did you mean destination?',
    'metrics: b: max must be a number.',
    'metrics: c: {{object}} must be in quotation marks, such as "{{object}}".',
    'metrics: metric 7 must have a name, a query, and min or max.',
  ])
})

test('two metrics cannot have the same name', () => {
  const text = '[{name: a, query: up, max: 1}, {name: a, query: up, min: 1}]'
  expect(wrongWith(metrics(text))).toEqual(['metrics: a is the name of two metrics.'])
})

test.each([
  ['{name: a, query: up, max: 1}', 'metrics must be a YAML list of metrics'],
  ['[', 'It is not valid YAML'],
  ['[]', 'metrics is an empty list.'],
])('metrics cannot be %s', (text, why) => {
  expect(wrongWith(metrics(text))).toEqual([expect.stringContaining(why)])
})

test('metrics and prometheus need each other', () => {
  expect(wrongWith({ metrics: '[{name: a, query: up, max: 1}]' })).toEqual([
    'prometheus is required. metrics are queried from it.',
  ])
  expect(wrongWith(PROMETHEUS)).toEqual([
    'metrics is required. Without queries, prometheus is not used.',
  ])
  expect(wrongWith({ 'prometheus-headers': '{a: b}' })).toEqual([
    'prometheus-headers is only used with prometheus. Remove it, or set prometheus.',
  ])
})

test('metrics cannot be combined with a manifest that the run edits', () => {
  const inputs = { ...metrics('[{name: a, query: up, max: 1}]'), manifest: 'web.yaml' }
  expect(wrongWith({ ...inputs, expect: undefined })).toContain(
    'metrics cannot be combined with manifest. A run that edits a file confirms nothing that metrics could show.',
  )
})

describe('prometheus', () => {
  const given = '[{name: a, query: up, max: 1}]'

  test.each(['prometheus.example.com', 'localhost:9090', 'prometheus:9090/path'])(
    'cannot be %s, without a scheme',
    (url) => {
      expect(wrongWith({ prometheus: url, metrics: given })).toEqual([
        'prometheus must be the http or https URL of a server, such as https://prometheus.example.com. Add http:// or https:// in front.',
      ])
    },
  )

  test('is not shown where it is wrong, since it may have a password', () => {
    const [wrong] = wrongWith({ prometheus: 'ftp://user:secret@example.com', metrics: given })
    expect(wrong).not.toContain('secret')
  })

  test('has headers that the tool does not set itself, and no problem shows their values', () => {
    const headers =
      '{Host: secret-1, "bad name": secret-2, authorization: "secret\\n3", accept: secret-4}'
    const wrong = wrongWith({ ...metrics(given), 'prometheus-headers': headers })
    expect(wrong).toEqual([
      'prometheus-headers: "host" cannot be set. Use prometheus.',
      'prometheus-headers: "bad name" is not the name of a header.',
      'prometheus-headers: "authorization" has a value with a character that a header cannot have, such as a line break.',
      'prometheus-headers: "accept" cannot be set. Answers are always JSON.',
    ])
  })
})

import { describe, expect, test } from 'vitest'
import {
  filled,
  namesDestination,
  partsOf,
  type Values,
} from '../../../src/evidence/prometheus/template.ts'

const VALUES: Values = {
  namespace: 'demo',
  object: 'web',
  destination: 'web.v2',
  host: 'web.demo.svc.cluster.local',
  window: '45s',
}

test('placeholders are replaced, with blanks in their braces too', () => {
  const query = 'sum(rate(requests{ns="{{namespace}}", vs="{{ object }}"}[{{window}}]))'
  expect(filled(query, VALUES)).toBe('sum(rate(requests{ns="demo", vs="web"}[45s]))')
})

test('a value in a regular expression stands for itself', () => {
  expect(filled('up{a=~"x-{{destination}}.*"}', VALUES)).toBe('up{a=~"x-web\\\\.v2.*"}')
  expect(filled('up{a!~`{{destination}}`}', VALUES)).toBe('up{a!~`web\\.v2`}')
  expect(filled('up{a="{{destination}}"}', VALUES)).toBe('up{a="web.v2"}')
})

describe('a value cannot leave the string that it is in:', () => {
  const hostile = { ...VALUES, destination: 'a"\'`\\\n} or up{b="' }
  test.each([
    ['up{a="{{destination}}"}', 'up{a="a\\"\'`\\\\\\n} or up{b=\\""}'],
    ["up{a='{{destination}}'}", "up{a='a\"\\'`\\\\\\n} or up{b=\"'}"],
    ['up{a=`{{destination}}`}', 'up{a=`a"\'\\\n} or up{b="`}'],
  ])('%s', (query, sent) => {
    expect(filled(query, hostile)).toBe(sent)
  })
})

test('quotation marks that are escaped, or in a comment, begin and end no string', () => {
  const query = 'a{b="\\"{{object}}"} # it\'s a comment with {{window}}\n/ c{d="{{object}}"}'
  const quotes = partsOf(query).flatMap((part) => (part.kind === 'text' ? [] : [part.quote]))
  expect(quotes).toEqual(['"', '"'])
  expect(filled(query, VALUES)).toBe(
    'a{b="\\"web"} # it\'s a comment with {{window}}\n/ c{d="web"}',
  )
})

test('a query is of a destination where it names one or its host', () => {
  expect(namesDestination('up{v="{{destination}}"}')).toBe(true)
  expect(namesDestination('up{v="{{host}}"}')).toBe(true)
  expect(namesDestination('up{v="{{namespace}}"}')).toBe(false)
})

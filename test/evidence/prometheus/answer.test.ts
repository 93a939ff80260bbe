import { expect, test } from 'vitest'
import { readAnswer } from '../../../src/evidence/prometheus/answer.ts'

function answer(data: unknown, more: object = {}): string {
  return JSON.stringify({ status: 'success', data, ...more })
}

function vector(...values: unknown[]): unknown {
  return { resultType: 'vector', result: values.map((value) => ({ metric: {}, value })) }
}

test.each([
  ['a scalar', { resultType: 'scalar', result: [1.5, '0.25'] }, 0.25],
  ['a vector of one series', vector([1.5, '3']), 3],
  ['a number with an exponent', vector([1.5, '2.5e-05']), 0.000025],
  ['a negative number', vector([1.5, '-0.5']), -0.5],
])('%s is a value', (_, data, value) => {
  expect(readAnswer(answer(data))).toEqual({ kind: 'value', value })
})

test.each([
  ['an empty vector', vector(), { kind: 'no-data' }],
  ['NaN', vector([1, 'NaN']), { kind: 'not-finite', text: 'NaN' }],
  [
    'an infinite number',
    { resultType: 'scalar', result: [1, '+Inf'] },
    { kind: 'not-finite', text: '+Inf' },
  ],
  ['a number that is too large', vector([1, '1e999']), { kind: 'not-finite', text: '1e999' }],
  ['two series', vector([1, '1'], [1, '1']), { kind: 'several', series: 2 }],
  ['a string', { resultType: 'string', result: [1, '1'] }, { kind: 'other-type', type: 'string' }],
  ['a range', { resultType: 'matrix', result: [] }, { kind: 'other-type', type: 'matrix' }],
  [
    'a native histogram',
    { resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] },
    { kind: 'other-type', type: 'histogram' },
  ],
])('%s is no value', (_, data, why) => {
  expect(readAnswer(answer(data))).toEqual({ kind: 'no-value', why })
})

test('a number is no value where the server says that data may be missing', () => {
  expect(readAnswer(answer(vector([1, '0']), { warnings: ['store down'] }))).toEqual({
    kind: 'no-value',
    why: { kind: 'incomplete', text: 'store down' },
  })
  expect(readAnswer(answer(vector([1, '0']), { isPartial: true }))).toMatchObject({
    why: { kind: 'incomplete' },
  })
  const complete = { isPartial: false, warnings: [], infos: ['a note'] }
  expect(readAnswer(answer(vector([1, '0']), complete))).toEqual({ kind: 'value', value: 0 })
})

test.each([
  '',
  '<html>Sign in</html>',
  '[]',
  '{}',
  'null',
  '{"status":"error","data":{"resultType":"scalar","result":[1,"1"]}}',
  '{"status":"success"}',
  '{"status":"success","data":{"resultType":"vector"}}',
  answer(vector([1, 1])),
  answer(vector([1, '0x10'])),
  answer(vector([1, ''])),
  answer({ resultType: 'vector', result: [1] }),
])('%s is no answer', (text) => {
  expect(readAnswer(text)).toMatchObject({ kind: 'no-value', why: { kind: 'unexpected' } })
})

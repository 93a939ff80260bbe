import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { picture } from '../../../bench/split/picture.ts'
import { asked, markdownTable, percent, plainTable } from '../../../kit/bench/split/text-table.ts'

test('the picture in the documents is the one that the bench samples', () => {
  const inDocuments = resolve(import.meta.dirname, '../../../docs/statistics.svg')
  expect(readFileSync(inDocuments, 'utf8')).toBe(picture())
})

const table = {
  title: 'T',
  explained: 'E.',
  headings: ['asked', 'n'],
  rows: [
    ['20', '1,234'],
    ['5', '7'],
  ],
}

test('a table is aligned as plain text and plain as Markdown', () => {
  expect(plainTable(table)).toBe('T\nE.\n\nasked      n\n20     1,234\n5          7\n')
  expect(markdownTable(table)).toBe('| asked | n |\n| --- | --- |\n| 20 | 1,234 |\n| 5 | 7 |\n')
})

test('percents do not round to certainty', () => {
  expect([0, 0.00001, 0.0072, 0.547, 0.9919, 0.999999, 1].map(percent)).toEqual([
    '0%',
    '<0.01%',
    '0.72%',
    '54.7%',
    '99.19%',
    '>99.99%',
    '100%',
  ])
  expect(asked(0.15000000000000002)).toBe('15')
})

import { expect, test } from 'vitest'
import { remedyParts } from '../../src/report/remedy-parts.ts'

test('an advice is words, and lines to paste that keep what indent they have beyond the first', () => {
  expect(remedyParts('Grant it:\n  rules:\n    - a\n\nThen\nrun:\n  b')).toEqual([
    { kind: 'words', text: 'Grant it:' },
    { kind: 'lines', text: 'rules:\n  - a' },
    { kind: 'words', text: 'Then\nrun:' },
    { kind: 'lines', text: 'b' },
  ])
})

test('no advice has no parts', () => {
  expect(remedyParts('')).toEqual([])
})

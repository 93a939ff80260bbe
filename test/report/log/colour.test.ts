import { describe, expect, test } from 'vitest'
import { coloured, usesColour } from '../../../src/report/log/colour.ts'

const ESCAPE = '\u001b['

describe('colour', () => {
  test.each<[string, Record<string, string>, boolean, boolean]>([
    ['is for terminals', {}, true, true],
    ['is not for files and pipes', {}, false, false],
    ['is turned off by NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['is not turned off by an empty NO_COLOR', { NO_COLOR: '' }, true, true],
    ['is not for a terminal that is none', { TERM: 'dumb' }, true, false],
    ['is turned on by FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
    ['is turned off by FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
    ['is off where both are given', { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ])('%s', (_, environment, isTerminal, wanted) => {
    expect(usesColour(environment, isTerminal)).toBe(wanted)
  })

  test('is red for errors, yellow for warnings, that of the tone where there is one, and none for the rest', () => {
    expect(coloured({ level: 'error', text: 'x' })).toBe(`${ESCAPE}31mx${ESCAPE}0m`)
    expect(coloured({ level: 'warning', text: 'x' })).toBe(`${ESCAPE}33mx${ESCAPE}0m`)
    expect(coloured({ level: 'notice', text: 'x\ny', tone: 'good' })).toBe(
      `${ESCAPE}32mx${ESCAPE}0m\ny`,
    )
    expect(coloured({ level: 'info', text: 'pass: x' })).toBe('pass: x')
  })

  test('shows the sides of a diff, line by line', () => {
    const diff = '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n c'
    expect(coloured({ level: 'info', text: diff, tone: 'diff' }).split('\n')).toEqual([
      `${ESCAPE}31m--- a/f${ESCAPE}0m`,
      `${ESCAPE}32m+++ b/f${ESCAPE}0m`,
      `${ESCAPE}36m@@ -1 +1 @@${ESCAPE}0m`,
      `${ESCAPE}31m-a${ESCAPE}0m`,
      `${ESCAPE}32m+b${ESCAPE}0m`,
      ' c',
    ])
  })
})

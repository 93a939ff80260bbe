import { describe, expect, test } from 'vitest'
import { helpText } from '../../../src/host/help/help.ts'
import { wrapped } from '../../../src/host/help/wrap.ts'
import type { Mode } from '../../../src/options/options.ts'
import { namesOf, OPTIONS } from '../../../src/options/table.ts'

const MODES: readonly Mode[] = ['shift', 'verify', 'plan', 'rollback', 'status']

test('the overview names the modes, the common options, examples and the exit statuses', () => {
  const text = helpText()
  for (const mode of MODES) expect(text).toMatch(new RegExp(`^  ${mode} +[A-Z].*\\.$`, 'm'))
  expect(text).toContain('-n, --namespace NAME')
  expect(text).toContain('istio-traffic-shift shift VirtualService/tcp-echo -n demo')
  expect(text).toMatch(/0 success, 1 fail, 2 invalid input, 3 inconclusive, 4 error,\s5 a run is/)
  expect(text).toContain('istio-traffic-shift MODE --help')
})

describe.each(MODES)('the help of %s', (mode) => {
  const text = helpText(mode)

  test('explains each option of the mode once, with its default, and no other option', () => {
    for (const option of OPTIONS.filter(({ name }) => name !== 'mode')) {
      const lines = text.split('\n').filter((line) => new RegExp(`--${option.name}[ ,]`).test(line))
      const explained = lines.filter((line) => /^ {2}-/.test(line))
      expect(explained).toHaveLength(option.modes.includes(mode) ? 1 : 0)
      if (option.default !== undefined && explained.length > 0)
        expect(explained[0]).toContain(`(default: ${option.default})`)
      for (const name of explained.length > 0 ? namesOf(option) : [])
        expect(explained[0]).toContain(`--${name}`)
    }
  })

  test('explains an option in one or two lines', () => {
    const texts = text.split(/^ {2}-.*$/m).slice(1)
    for (const each of texts)
      expect(each.split('\n').filter((line) => /^ {6}/.test(line)).length).toBeLessThanOrEqual(2)
  })
})

test('the help of shift and the help of plan differ', () => {
  expect(helpText('shift')).toContain('--on-failure')
  expect(helpText('plan')).not.toContain('--on-failure')
})

test('every line of the help fits into 80 columns', () => {
  const lines = [helpText(), ...MODES.map(helpText)].join('').split('\n')
  expect(lines.filter((line) => line.length > 80)).toEqual([])
})

test('a text is wrapped between words, and a word that is too long has a line of its own', () => {
  const long = 'x'.repeat(100)
  expect(wrapped(`one two ${long} three`, '  ')).toEqual(['  one two', `  ${long}`, '  three'])
  expect(wrapped(Array(30).fill('word').join(' '), '').map(({ length }) => length)).toEqual([
    79, 69,
  ])
})

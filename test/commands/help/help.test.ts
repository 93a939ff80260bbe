import { describe, expect, test } from 'vitest'
import { helpText } from '../../../src/commands/help/help.ts'
import { definition, page, paragraph } from '../../../src/commands/help/wrap.ts'
import { columnsOf } from '../../../src/host/terminal.ts'
import type { Mode } from '../../../src/options/options.ts'
import { namesOf, OPTIONS } from '../../../src/options/table.ts'

const MODES: readonly Mode[] = ['shift', 'verify', 'plan', 'rollback', 'status']

test('the overview names the modes, the common options, examples and the exit statuses', () => {
  const text = helpText()
  for (const mode of MODES) expect(text).toMatch(new RegExp(`^  ${mode} +[A-Z].*\\.$`, 'm'))
  expect(text).toContain('-n, --namespace NAME')
  expect(text).toContain('istio-traffic-shift shift VirtualService/tcp-echo -n demo')
  expect(text.replaceAll('\n', ' ')).toContain('0 success, 1 fail, 2 invalid input, 3 inconclusive')
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

test.each([60, 70, 80, 120])(
  'every line of the help fits into %d columns, 80 at most',
  (columns) => {
    const texts = [undefined, ...MODES].map((mode) => helpText(mode, columns))
    const lines = texts.join('').split('\n')
    const long = lines.filter((line) => line.length > Math.min(columns, 80))
    expect(long).toEqual([])
  },
)

test('a command that is broken can be pasted', () => {
  const [command] = /(?<=^ {2})istio-traffic-shift .*?'\n/ms.exec(helpText('verify', 60)) ?? []
  expect(command?.replaceAll(/ \\\n +/g, ' ')).toBe(
    `istio-traffic-shift verify VirtualService/tcp-echo -n demo --weights current --expect '{v1: "^one", v2: "^two"}'\n`,
  )
})

test('the columns are those of the terminal, else those of COLUMNS', () => {
  expect(columnsOf({ columns: 60 }, { COLUMNS: '70' })).toBe(60)
  expect(columnsOf({}, { COLUMNS: '70' })).toBe(70)
  expect(columnsOf({ columns: 0 }, { COLUMNS: 'wide' })).toBeUndefined()
})

test('a text is wrapped between words, and a word that is too long has a line of its own', () => {
  const long = 'x'.repeat(100)
  expect(page([paragraph(`one two ${long} three`, '  ')], 80)).toBe(
    `  one two\n  ${long}\n  three\n`,
  )
})

test('the lines of an explanation stand below each other, beside its term', () => {
  expect(page([definition('-n', 'the name of it', 8)], 18)).toBe(
    '  -n    the name\n        of it\n',
  )
})

import { expect, test } from 'vitest'
import { OPTIONS, type Option } from '../../src/options/table.ts'
import { helpText } from '../../src/report/help.ts'

const lines = helpText().trimEnd().split('\n')

test('the help has every option once, with its default', () => {
  const options: readonly Option[] = OPTIONS
  const words = lines.slice(4).flatMap((line) => line.split(/(?=--)/).map((word) => word.trim()))
  for (const { name, default: preset } of options.filter((each) => each.name !== 'mode')) {
    const [shown = '', second] = words.filter((word) => word.startsWith(`--${name} `))
    expect(second).toBeUndefined()
    expect(shown).not.toBe('')
    if (preset === undefined) expect(shown).not.toContain(' [')
    else expect(shown.endsWith(` [${preset}]`) || shown.includes(` ${preset}|`)).toBe(true)
  }
  expect(words).toContain('--output text|json')
})

test('the help shows what must be given, the modes and the exit statuses', () => {
  expect(helpText()).toContain(
    'istio-traffic-shift shift|verify|plan --namespace NAME --virtual-service NAME',
  )
  expect(helpText()).toContain(
    'istio-traffic-shift rollback|status --namespace NAME --virtual-service NAME',
  )
  expect(helpText()).toMatch(
    /Exit: 0 ok; 1 fail; 2 input; 3 inconclusive; 4 error; 5 in progress; 130 cancel/,
  )
})

test('the help fits a terminal of 24 lines and 80 columns, the next prompt included', () => {
  expect(lines.length).toBeLessThanOrEqual(23)
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  // Two options side by side have a blank between them.
  expect(lines.filter((line) => /\S--/.test(line))).toEqual([])
})

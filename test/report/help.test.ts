import { expect, test } from 'vitest'
import { OPTIONS, type Option } from '../../src/options/table.ts'
import { helpText } from '../../src/report/help.ts'

const lines = helpText().split('\n')

test('the help has every option on a line of its own, with its type and default', () => {
  const options: readonly Option[] = OPTIONS
  for (const { name, type, default: preset } of options.filter((each) => each.name !== 'mode')) {
    const [line, second] = lines.filter((each) => each.startsWith(`  --${name} `))
    expect(second).toBeUndefined()
    expect(line).toContain(type)
    if (preset !== undefined)
      expect(line).toMatch(new RegExp(`\\(${preset.replace('\\', '\\\\')}\\)$`))
  }
})

test('the help says what must be given, the modes and the exit statuses', () => {
  const help = helpText()
  expect(lines.filter((line) => line.endsWith('(required)'))).toHaveLength(2)
  expect(help).toContain('istio-traffic-shift shift|verify|plan')
  expect(help).toMatch(/0 pass.*1 fail, 2 wrong input, 3 inconclusive, 4 error, 130 cancelled/)
})

test('no line of the help is too long for a terminal of 100 columns', () => {
  expect(lines.filter((line) => line.length > 100)).toEqual([])
})

test('the help fits a screen of 48 lines', () => {
  expect(lines.length).toBeLessThanOrEqual(48)
  expect(helpText()).toContain('--output ')
})

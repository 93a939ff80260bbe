import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { manPage } from '../../build/man-page.ts'
import { COMMANDS } from '../../src/commands/commands.ts'
import { FLAGS } from '../../src/options/command-line/flags.ts'
import { namesOf, OPTIONS } from '../../src/options/table.ts'
import { MODES } from '../../src/options/values.ts'

const FILE = path.resolve(import.meta.dirname, '..', '..', 'man', 'istio-traffic-shift.1')

test('the manual page is generated from the tables of options, modes and commands', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(manPage())
})

/** .ci/run installs it. */
const hasMandoc = spawnSync('mandoc', ['-T', 'lint', '/dev/null']).error === undefined

test.runIf(hasMandoc)('the manual page is free of errors and of lines that are too long', () => {
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', FILE], { encoding: 'utf8' })
  const found = stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))
  expect(found).toEqual([])
})

test.runIf(hasMandoc)('the manual page shows every mode, command and option', () => {
  const words = ['-T', 'utf8', '-O', 'width=500', FILE]
  const shown = execFileSync('mandoc', words, { encoding: 'utf8' }).replaceAll(/[^\n][\b]/gu, '')
  for (const name of [...MODES, ...COMMANDS.map((command) => command.name)])
    expect(shown).toMatch(new RegExp(`^ +${name}(?: |$)`, 'm'))
  const names = OPTIONS.filter(({ name }) => name !== 'mode').flatMap(namesOf)
  const flags = [...FLAGS, ...COMMANDS.flatMap((command) => command.flags)].map(({ name }) => name)
  for (const name of [...names, ...flags])
    expect(shown).toMatch(new RegExp(`^ +(?:-\\w, |--[\\w-]+, )*--${name}(?:[ ,]|$)`, 'm'))
})

import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellQuoted } from '../../src/problem/shell-quoted.ts'

test('a value in a command to paste is single-quoted', () => {
  expect(shellQuoted('demo')).toBe("'demo'")
  expect(shellQuoted("it's")).toBe("'it'\\''s'")
})

test('a shell reads a quoted value back as it was, whatever is in it', () => {
  const texts = fc.sample(fc.string({ unit: 'grapheme' }), { numRuns: 50, seed: 1 })
  const hostile = ['$(id)', '`id`', "';id;'", '"$HOME"', '\\', '\n', "'", "''", '-n', '']
  const values = [...texts.filter((text) => !text.includes('\0')), ...hostile]
  const command = `printf '%s\\0' ${values.map(shellQuoted).join(' ')}`
  const replyCounts = execFileSync('sh', ['-c', command], { encoding: 'utf8' })
  expect(replyCounts.split('\0').slice(0, -1)).toEqual(values)
})

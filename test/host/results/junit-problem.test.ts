import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { junitProblem, type OtherPaths, writeJunit } from '../../../src/host/results/junit-file.ts'
import type { LogLine } from '../../../src/report/log/log-line.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'junit-')))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A path in the folder. */
function at(...names: string[]): string {
  return path.join(folder, ...names)
}

/** Why a file is refused; undefined: it is not. */
function why(file: string, others?: OtherPaths): string | undefined {
  const what = junitProblem(file, others)?.what((text) => text)
  return what?.replace(`junit cannot be written to ${file}: `, '')
}

/** The warnings of a write. */
function written(file: string, text: string): string[] {
  const lines: LogLine[] = []
  writeJunit(file, text, (line) => lines.push(line))
  return lines.map((line) => line.text)
}

test.each([
  ['an empty file', ''],
  ['white space', ' \n\t\n'],
  ['testsuites', '<testsuites/>'],
  ['testsuite', '<testsuite name="a">'],
  ['a declaration', '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites\n name="a">'],
  ['a byte order mark', '\uFEFF<?xml version="1.0"?><testsuite>'],
  ['comments', '<?xml version="1.0"?>\n<!-- a > b -->\n<!----><testsuites>'],
  ['a style sheet', '<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><testsuites>'],
  ['a license', `<!--${'a '.repeat(2000)}--><testsuites>`],
])('a file with %s is replaced', (_, text) => {
  writeFileSync(at('a.xml'), text)
  expect(why(at('a.xml'))).toBeUndefined()
  expect(written(at('a.xml'), '<testsuites>new</testsuites>')).toEqual([])
  expect(readFileSync(at('a.xml'), 'utf8')).toBe('<testsuites>new</testsuites>')
})

test.each([
  ['a project of Maven', '<?xml version="1.0"?>\n<project>'],
  ['a page', '<!doctype html>\n<html>'],
  ['PHP', '<?php ?>\n<testsuites>'],
  ['a conflict of git', '<<<<<<< HEAD\nkind: VirtualService\n'],
  ['a longer name', '<testsuites-of-mine/>'],
  ['a root in a comment', '<!-- <testsuites> -->\n<project/>'],
  ['a comment without an end', '<!-- <testsuites>'],
  ['many comments', `${'<!---->'.repeat(1000)}<project>`],
  ['white space, and more after it', `${' '.repeat(8192)}kind: VirtualService`],
  ['zeros', '\0'.repeat(20)],
])('a file with %s is not replaced, neither before nor after the run', (_, text) => {
  writeFileSync(at('a.xml'), text)
  expect(why(at('a.xml'))).toBe('it exists and is not a JUnit file.')
  expect(written(at('a.xml'), '<testsuites/>')).toEqual([
    `The JUnit file cannot be written to ${at('a.xml')}: it exists and is not a JUnit file.`,
  ])
  expect(readFileSync(at('a.xml'), 'utf8')).toBe(text)
})

test('only the beginning of a file is read', () => {
  const file = openSync(at('large.xml'), 'w')
  writeSync(file, '<testsuites>')
  ftruncateSync(file, 16 * 1024 ** 3)
  closeSync(file)
  expect(why(at('large.xml'))).toBeUndefined()
})

test('a file of the report is found through links to it and to its folder, also before it exists', () => {
  const report = at('report')
  symlinkSync(report, at('folder'))
  symlinkSync('folder/report.json', at('link.xml'))
  symlinkSync('link.xml', at('second.xml'))
  const expectRefused = () => {
    for (const junit of [at('folder', 'summary.md'), at('link.xml'), at('second.xml')])
      expect(why(junit, { report })).toBe('the report is written to it.')
    expect(why(at('report', 'report.html'), { report: at('folder') })).toBe(
      'the report is written to it.',
    )
  }
  expectRefused()
  mkdirSync(report)
  expectRefused()
  writeFileSync(path.join(report, 'report.json'), '{}')
  expectRefused()
  expect(why(at('folder', 'junit.xml'), { report })).toBeUndefined()
})

test('a link whose target has a link before .. leads to where the system finds it', () => {
  mkdirSync(at('a', 'b'), { recursive: true })
  symlinkSync('a/b', at('deep'))
  symlinkSync('deep/../report.json', at('link.xml'))
  expect(why(at('link.xml'), { report: at('a') })).toBe('the report is written to it.')
})

test('a path at or above the folder of the report is refused', () => {
  const reason = 'the report needs a folder there.'
  expect(why(at('o1'), { report: at('o1') })).toBe(reason)
  expect(why(at('o2'), { report: at('o2', 'sub') })).toBe(reason)
  expect(why(at('o2'), { report: at('o22', 'sub') })).toBeUndefined()
})

test('a path of another option is refused, also through a link', () => {
  symlinkSync('nope.yaml', at('link.xml'))
  const files = new Map([['manifest', at('nope.yaml')]])
  expect(why(at('nope.yaml'), { files })).toBe('manifest is the same file.')
  expect(why(at('link.xml'), { files })).toBe('manifest is the same file.')
  expect(why(at('other.yaml'), { files })).toBeUndefined()
})

test('a FIFO, a socket and what is below /dev or /proc are refused, also at the end', async () => {
  execFileSync('mkfifo', [at('fifo')])
  const server = createServer().listen(at('socket'))
  symlinkSync('/dev/stdout', at('link.xml'))
  const files = [
    at('fifo'),
    at('socket'),
    at('link.xml'),
    '/dev/stdout',
    '/dev/stderr',
    '/dev/fd/1',
  ]
  files.push(
    '/dev/zero',
    '/dev/new.xml',
    '/proc/self/fd/1',
    `/proc/self/cwd/${path.basename(folder)}`,
  )
  for (const file of files) {
    expect(why(file)).toBe('it is not a regular file.')
    expect(written(file, '<testsuites/>')).toEqual([
      `The JUnit file cannot be written to ${file}: it is not a regular file.`,
    ])
  }
  await new Promise((resolve) => server.close(resolve))
})

test('the null device is written to', () => {
  symlinkSync('/dev/null', at('link.xml'))
  for (const file of ['/dev/null', at('link.xml')]) {
    expect(why(file)).toBeUndefined()
    expect(written(file, '<testsuites/>')).toEqual([])
  }
})

test('an expression that was not evaluated is refused', () => {
  const file = at(`\${{ inputs.folder }}`, 'junit.xml')
  expect(why(file)).toBe('junit contains an expression that was not evaluated.')
})

test('links that lead nowhere are refused, and a link to a file that is made later is written', () => {
  symlinkSync('loop.xml', at('loop.xml'))
  expect(why(at('loop.xml'))).toMatch(/^ELOOP: /)
  symlinkSync('nothing', at('folder'))
  expect(why(at('folder', 'a.xml'))).toBe(
    `${at('folder')} is a link to a folder that does not exist.`,
  )
  symlinkSync('new.xml', at('link.xml'))
  expect(why(at('link.xml'))).toBeUndefined()
  expect(written(at('link.xml'), '<testsuites/>')).toEqual([])
  expect(existsSync(at('new.xml'))).toBe(true)
})

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { anonymous, linesOf, TITLE, type TimedLine } from '../../build/record/cast.ts'
import { stillOf, svgOf } from '../../build/record/svg.ts'
import { pages, ROOT } from '../../kit/docs/markdown.ts'
import { CHILD_ENVIRONMENT } from '../../kit/run/child-environment.ts'
import { refuseLeaks, release } from '../../kit/run/leaks.ts'

/** Runs the demo, as `npm run demo` does. */
function runDemo(): Promise<{ status: number | null; text: string }> {
  return new Promise((done, leaks) => {
    const child = execFile(
      process.execPath,
      [path.join(ROOT, 'sandbox/demo.ts')],
      { env: CHILD_ENVIRONMENT },
      (_, stdout, stderr) => {
        const text = stdout + stderr
        release(
          () => refuseLeaks([], { 'what is printed': text }),
          () => done({ status: child.exitCode, text }),
          leaks,
        )
      },
    )
  })
}

const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[\\d*m`, 'g')

/** The lines without colors, and with # in place of what differs between two runs: times, counts, addresses, examples. */
function alike(text: string): string[] {
  return text
    .replaceAll(ESCAPE, '')
    .replaceAll(/ \(for example "[^"]*"\)/g, '')
    .replaceAll(/\d+(?:[.,:]\d+)*/g, '#')
    .replaceAll(/# ms|# s\b/g, '# s')
    .replaceAll(/\b(request|connection)s\b/g, '$1')
    .split('\n')
    .map((line) => line.trim())
}

const textOf = (lines: readonly TimedLine[]) => lines.map(({ text }) => text).join('\n')
const file = (name: string) => readFileSync(path.join(ROOT, 'docs', name), 'utf8')
const RECORDED = linesOf(file('demo.cast'))

/** Lines, and ends of lines, that depend on how fast a run is. */
const DEPENDS = /^v#.* expected, # s$|^Attempt #.*: ended by/
const ADDED = / (Ready Pods:|The weights took effect) .*$/

test('the demo ends as it says, and prints the lines of the recording', {
  timeout: 60_000,
}, async () => {
  const { status, text } = await runDemo()
  expect(status).toBe(0)
  const lines = text.split('\n').map((line) => ({ at: 0, text: line }))
  const printed = alike(textOf(anonymous(lines)))
  // The first lines are those of a shell and of npm.
  const recorded = alike(textOf(RECORDED))
    .filter((line) => line !== '' && !/^[$>] /.test(line) && !DEPENDS.test(line))
    .map((line) => line.replace(ADDED, ''))
  expect(recorded.length).toBeGreaterThan(40)
  const missing = recorded.filter((line) => !printed.some((one) => one.startsWith(line)))
  expect(missing).toEqual([])
})

describe('the recording of the demo', () => {
  test('is the picture of the README, which shows less motion to readers who prefer that', () => {
    expect(file('demo.svg')).toBe(svgOf(TITLE, RECORDED))
    expect(file('demo-still.svg')).toBe(stillOf(TITLE, RECORDED))
    const [readme] = pages('README.md')
    expect(readme?.text).toContain(
      'media="(prefers-reduced-motion: reduce)" srcset="docs/demo-still.svg"',
    )
    expect(readme?.text).toContain('src="docs/demo.svg"')
  })

  test('takes 20 to 30 seconds and less than 300 kB', () => {
    const end = RECORDED.at(-1)?.at ?? 0
    expect(end).toBeGreaterThan(20)
    expect(end).toBeLessThan(30)
    expect(file('demo.svg').length).toBeLessThan(300_000)
  })

  test('shows a confirmed shift and a rollback, and nothing of the machine that recorded it', () => {
    const text = textOf(RECORDED)
    expect(text).toContain('Verdict: pass, reason within-tolerance, exit status 0, at 09:00:')
    expect(text).toContain('Verdict: fail, reason unhealthy, exit status 1, at 09:00:')
    expect(text.match(/\b\d{4}-\d\d-\d\d\b/g)?.filter((day) => day !== '2026-01-05')).toEqual([])
    expect(text.match(/\b\d\d:\d\d:\d\d\b/g)?.filter((time) => !time.startsWith('09:0'))).toEqual(
      [],
    )
    expect(text.match(/\S*\/\S*report\.\w+/g)?.every((one) => one.startsWith('/tmp/report/'))).toBe(
      true,
    )
    expect(text).not.toMatch(/\/(home|root|Users|work)\b|\/step-/)
    expect(text.match(/ by \S+@\S+/g)).toEqual([' by you@laptop.', ' by you@laptop.'])
  })

  test('replaces times, addresses, users and folders, and keeps the distance between two times', () => {
    const before = [
      'Started 2026-11-27 23:59:58 UTC by root@vm.',
      'Written at 00:00:01 UTC.',
      'API server https://127.0.0.1:45513, gateway 127.77.112.204, port 31400.',
      'Report: /var/tmp/step-a/istio-traffic-shift-3e78fd5c-422b-4eaf-937f-f37ca9bdcd78/report.html',
    ]
    expect(
      anonymous(before.map((line) => ({ at: 0, text: line }))).map(({ text }) => text),
    ).toEqual([
      'Started 2026-01-05 09:00:00 UTC by you@laptop.',
      'Written at 09:00:03 UTC.',
      'API server https://127.0.0.1:6443, gateway 127.10.20.30, port 31400.',
      'Report: /tmp/report/report.html',
    ])
  })
})

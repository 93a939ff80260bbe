import { execFile } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { blocksOf, pages, ROOT } from '../../kit/docs/markdown.ts'
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
    .split('\n')
    .map((line) => line.trim())
}

test('the demo ends as it says, and prints what the README shows of it', {
  timeout: 60_000,
}, async () => {
  const { status, text } = await runDemo()
  expect(status).toBe(0)
  const shown = pages('README.md')
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'text')
    .map((block) => block.text)
  expect(shown).toHaveLength(1)
  const lines = alike(shown.join('\n')).filter((line) => line !== '')
  expect(lines.length).toBeGreaterThan(2)
  const printed = alike(text)
  // What a run reads in addition, if it has the time, follows in the same line.
  expect(lines.filter((line) => !printed.some((one) => one.startsWith(line)))).toEqual([])
})

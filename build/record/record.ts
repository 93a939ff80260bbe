import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '../../kit/docs/markdown.ts'
import { anonymous, castOf, linesOf, paced, TITLE, type TimedLine, uncolored } from './cast.ts'
import { stillOf, svgOf } from './svg.ts'

/**
 * Records `npm run demo` up to the end of its second step: docs/demo.cast for players of asciinema, and docs/demo.svg for
 * the README.
 */
const FIRST_LEFT_OUT = /^3\. /

const { status, lines: printed } = await run('npm', 'run', 'demo')
if (status !== 0) throw new Error(`npm run demo ended with status ${status}`)
const end = printed.findIndex(({ text }) => FIRST_LEFT_OUT.test(uncolored(text)))
const prompt = { at: 0, text: '\u001b[32m$\u001b[0m npm run demo' }
const recorded = paced(anonymous([prompt, ...trimmed(printed.slice(0, end))]))
const cast = castOf(TITLE, recorded)
writeFileSync(path.join(ROOT, 'docs/demo.cast'), cast)
// From the file, whose times are rounded: a test makes the same pictures from it.
const lines = linesOf(cast)
const svg = svgOf(TITLE, lines)
writeFileSync(path.join(ROOT, 'docs/demo.svg'), svg)
writeFileSync(path.join(ROOT, 'docs/demo-still.svg'), stillOf(TITLE, lines))
process.stdout.write(
  `${lines.length} lines, ${lines.at(-1)?.at.toFixed(0)} s, ${Math.ceil(svg.length / 1000)} kB\n`,
)

/** Runs a command and notes when each line of its output comes. */
function run(
  command: string,
  ...words: string[]
): Promise<{ status: number | null; lines: TimedLine[] }> {
  const lines: TimedLine[] = []
  const started = performance.now()
  return new Promise((done, failed) => {
    const child = spawn(command, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: child.stdout }).on('line', (text) => {
      lines.push({ at: (performance.now() - started) / 1000, text })
    })
    child.on('error', failed)
    child.on('close', (status) => done({ status, lines }))
  })
}

/** The lines without empty ones at the start and the end. */
function trimmed(lines: readonly TimedLine[]): TimedLine[] {
  const isFull = ({ text }: TimedLine) => text.trim() !== ''
  return lines.slice(lines.findIndex(isFull), lines.findLastIndex(isFull) + 1)
}

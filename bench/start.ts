import { execFileSync, spawn } from 'node:child_process'
import { globSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { TUTORIAL } from '../kit/run/run.ts'
import { kubeconfigOf } from '../sandbox/api/kubeconfig.ts'
import { startApiServer } from '../sandbox/api/server.ts'

/**
 * How long dist/ takes from the start of its process to its first request to the API server, beside `node -e 0` and a
 * bundle of @actions/core alone, which both run to their exit. Each round starts every one of them once for the time
 * and once for its CPU, so that what else the machine does meets all alike. Ends with status 1 where a limit is passed.
 * Usage: node bench/start.ts [ROUNDS]
 */

/** Times of the whole run of a bundle of @actions/core alone. */
const MOST_TIMES = 1.15
/** Of all programs of dist/ together. */
const MOST_BYTES = 1_700_000
const PROGRAMS = ['action', 'cli', 'programs', 'post'] as const
const root = path.resolve(import.meta.dirname, '..')
const programFile = (rule: string) => path.join(root, 'dist', rule, 'index.js')

type Subject = {
  name: string
  words: readonly string[]
  /** What the clock stops at. */
  until: 'request' | 'exit'
}
type Cost = { wallMs: number; cpuMs: number }

/** Called at each request that the API server receives. */
let onRequest = () => {}

async function main(rounds: number): Promise<boolean> {
  // Where the bundler finds @actions/core as it is installed, not the copy in lib/ that the build makes.
  const folder = mkdtempSync(path.join(root, 'node_modules', '.start-'))
  const server = await startApiServer({
    port: 0,
    calls: [],
    now: () => new Date(),
    userOf: () => '',
    respond: async () => {
      onRequest()
      return { kind: 'hang' }
    },
  })
  try {
    const core = bundleOfCore(folder)
    const environment = environmentIn(folder, kubeconfigOf({ ...server, ...USER }))
    const subjects = subjectsBeside(core)
    const costs = await measure(subjects, rounds, (subject, usage) =>
      run(subject, usage, environment),
    )
    return report(subjects, costs) && reportSizes(core)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

const USER = { token: 'a-test-token', namespace: 'demo' }

/** The path of a bundle, minified as dist/ is, of an action that uses nothing but @actions/core. */
function bundleOfCore(folder: string): string {
  const rule = path.join(folder, 'core.mjs')
  writeFileSync(rule, "import * as core from '@actions/core'\ncore.info('started')\n")
  const ncc = path.join(root, 'node_modules', '.bin', 'ncc')
  const out = path.join(folder, 'core')
  execFileSync(ncc, ['build', rule, '--out', out, '--minify', '--quiet'], { stdio: 'inherit' })
  return path.join(out, 'index.mjs')
}

/** Inputs of the action, and where the command line finds its kubeconfig. */
function environmentIn(folder: string, kubeconfig: string): Record<string, string> {
  const file = path.join(folder, 'kubeconfig')
  writeFileSync(file, kubeconfig)
  writeFileSync(usageFile(folder), USAGE)
  writeFileSync(sentFile(folder), UNTIL_SENT)
  const inputs = { ...TUTORIAL, kubeconfig: file, subset: 'v2', weight: '20' }
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    KUBECONFIG: file,
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]),
    ),
  }
}

function subjectsBeside(core: string): Subject[] {
  const options = Object.entries({ ...TUTORIAL, subset: 'v2', weight: '20' })
  const words = options.flatMap(([name, text]) => [`--${name}`, text])
  return [
    { name: 'node -e 0', words: ['-e', '0'], until: 'exit' },
    { name: '@actions/core alone', words: [core], until: 'exit' },
    { name: 'dist/action', words: [programFile('action')], until: 'request' },
    { name: 'dist/cli', words: [programFile('cli'), 'shift', ...words], until: 'request' },
  ]
}

/** What a measured process loads first, so that it tells its own user and system time, in microseconds, at its end. */
const USAGE = `
process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  require('node:fs').writeSync(3, String(userCPUTime + systemCPUTime))
})
`
/** Ends the process when its first request was sent. What it loads after that is no part of its start. */
const UNTIL_SENT = `
const https = require('node:https')
const { request } = https
https.request = (...words) => request(...words).once('finish', () => process.exit())
`
const usageFile = (folder: string) => path.join(folder, 'usage.cjs')
const sentFile = (folder: string) => path.join(folder, 'sent.cjs')

async function measure(
  subjects: readonly Subject[],
  rounds: number,
  cost: (subject: Subject, what: 'wall' | 'cpu') => Promise<number>,
): Promise<Cost[][]> {
  const costs: Cost[][] = subjects.map(() => [])
  // The first round warms up the file system's cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const wallMs = await cost(subject, 'wall')
      const cpuMs = await cost(subject, 'cpu')
      if (round > 0) costs[index]?.push({ wallMs, cpuMs })
    }
  }
  return costs
}

/** One start, in milliseconds: from here to its request or its exit, or what it used of the CPU until then. */
function run(
  { name, words, until }: Subject,
  what: 'wall' | 'cpu',
  environment: Record<string, string>,
): Promise<number> {
  const folder = environment.HOME ?? ''
  const files = until === 'exit' ? [usageFile(folder)] : [usageFile(folder), sentFile(folder)]
  const preload = what === 'cpu' ? files.flatMap((file) => ['--require', file]) : []
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const child = spawn(process.execPath, [...preload, ...words], {
      env: environment,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    let wallMs: number | undefined
    let usage = ''
    child.stdio[3]?.on('data', (chunk) => {
      usage += chunk
    })
    const stop = () => {
      wallMs ??= performance.now() - startedMs
    }
    onRequest = () => {
      stop()
      if (what === 'wall') child.kill('SIGKILL')
    }
    child.on('exit', (status) => {
      if ((until === 'exit' || what === 'cpu') && status === 0) stop()
    })
    child.on('error', reject)
    child.on('close', () => {
      const ms = what === 'cpu' ? Number(usage) / 1000 : wallMs
      if (wallMs === undefined || !ms) reject(new Error(`${name} ended before its ${until}`))
      else resolve(ms)
    })
  })
}

/** Whether dist/ keeps to the limit; ratios are of the two starts in one round. */
function report(subjects: readonly Subject[], costs: readonly Cost[][]): boolean {
  const core = costs[subjects.findIndex(({ name }) => name === '@actions/core alone')] ?? []
  say(`${core.length} rounds; median (quartiles), milliseconds`)
  const times = subjects.map(({ name, until }, index) => {
    const own = costs[index] ?? []
    const ratios = own.map((cost, round) => cost.wallMs / (core[round]?.wallMs ?? Number.NaN))
    const cpuRatios = own.map((cost, round) => cost.cpuMs / (core[round]?.cpuMs ?? Number.NaN))
    say(
      `${name.padEnd(20)} to its ${until.padEnd(7)} ${spread(own.map(({ wallMs }) => wallMs))}, CPU ${spread(own.map(({ cpuMs }) => cpuMs))}; ` +
        `times @actions/core: ${spread(ratios, 2)}, CPU ${spread(cpuRatios, 2)}`,
    )
    return until === 'request' ? quantile(ratios, 0.5) : 0
  })
  const worst = Math.max(...times)
  const kept = worst <= MOST_TIMES
  say(`${worst.toFixed(2)} times @actions/core alone, at most ${MOST_TIMES}: ${verdict(kept)}`)
  return kept
}

function reportSizes(core: string): boolean {
  const sizes = PROGRAMS.map(sizeOf)
  const all = sizes.reduce((sum, size) => sum + size, 0)
  const kept = all <= MOST_BYTES
  const each = PROGRAMS.map((program, index) => `${program} ${sizes[index]}`).join(', ')
  say(`dist/ ${all} bytes (${each}), at most ${MOST_BYTES}: ${verdict(kept)}`)
  say(`@actions/core alone ${statSync(core).size} bytes`)
  return kept
}

/** The bytes of a program, with the chunks that it loads after its first request. */
function sizeOf(program: (typeof PROGRAMS)[number]): number {
  const files = globSync('*.js', { cwd: path.join(root, 'dist', program) })
  return files.reduce((sum, file) => sum + statSync(path.join(root, 'dist', program, file)).size, 0)
}

function verdict(kept: boolean): string {
  return kept ? 'kept' : 'NOT kept'
}

function spread(values: readonly number[], digits = 0): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((at) => quantile(values, at).toFixed(digits))
  return `${middle} (${low} to ${high})`
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * at)] ?? Number.NaN
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const rounds = Number(process.argv[2] ?? 50)
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`ROUNDS must be a number: ${process.argv[2]} is not.`)
process.exitCode = (await main(rounds)) ? 0 : 1

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { kubeconfigsOf, refuseLeaks, release, writtenIn } from './leaks.ts'
import { TUTORIAL } from './run.ts'

/** One step of a job with the built action: main and post share its state, as the runner lets them. */
export type Step = {
  /** Starts dist/action as the runner does. */
  main(): Running
  /** Starts dist/post with what main saved; inputs and variables may read otherwise by then. */
  post(
    inputs?: Readonly<Record<string, string>>,
    environment?: Readonly<Record<string, string>>,
  ): Running
  outputs(): Record<string, string>
  summary(): string
  remove(): void
}

export type Running = {
  process: ChildProcess
  /** Resolves at the first line of output that fits. */
  line(pattern: RegExp): Promise<string>
  ended: Promise<{ status: number | null; signal: NodeJS.Signals | null; text: string }>
}

const DIST = resolve(import.meta.dirname, '..', '..', 'dist')

/** Inputs undefined are not given, also those of the tutorial's job. */
export function startStep(
  inputs: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string>> = {},
  workspace?: string,
): Step {
  const folder = mkdtempSync(join(tmpdir(), 'step-'))
  const file = (name: string) => join(folder, name)
  for (const name of ['output', 'state', 'summary']) writeFileSync(file(name), '')
  const given = { ...TUTORIAL, payload: 'hello\\n', 'gateway-kubeconfig': 'auto', ...inputs }
  const common: Record<string, string> = {
    ...CHILD_ENVIRONMENT,
    RUNNER_TEMP: folder,
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_REPOSITORY: 'owner/repository',
    GITHUB_RUN_ID: '1000',
    GITHUB_RUN_ATTEMPT: '1',
    ...asInputs(given),
    ...environment,
  }
  const saved = () =>
    Object.fromEntries(
      Object.entries(fileCommands(file('state'))).map(([name, text]) => [`STATE_${name}`, text]),
    )
  return {
    main: () => startEntry('action', common, [], workspace),
    post: (later = {}, changed = {}) =>
      startEntry('post', { ...common, ...saved(), ...asInputs(later), ...changed }),
    outputs: () => fileCommands(file('output')),
    summary: () => readFileSync(file('summary'), 'utf8'),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function asInputs(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, text]) =>
      text === undefined ? [] : [[`INPUT_${name.toUpperCase()}`, text]],
    ),
  )
}

/** Starts one of the built files, or the one at an absolute path, with `words` behind its name. */
export function startEntry(
  rule: 'action' | 'post' | 'cli' | `/${string}`,
  environment: Readonly<Record<string, string>>,
  words: readonly string[] = [],
  workspace?: string,
): Running {
  const file = rule.startsWith('/') ? rule : join(DIST, rule, 'index.js')
  const child = spawn(process.execPath, [file, ...words], {
    env: environment,
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Read now: a test may change the file before the program ends.
  const kubeconfigs = kubeconfigsOf(environment, words)
  let text = ''
  const waiting: { pattern: RegExp; found: (line: string) => void }[] = []
  const take = (chunk: Buffer) => {
    text += chunk.toString()
    for (const { pattern, found } of waiting) {
      const match = pattern.exec(text)
      if (match) found(match[0])
    }
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return {
    process: child,
    line: (pattern) =>
      new Promise((found, missing) => {
        waiting.push({ pattern, found })
        take(Buffer.alloc(0))
        child.once('close', () => missing(new Error(`ended without ${pattern}:\n${text}`)))
      }),
    ended: new Promise((done, leaks) =>
      child.once('close', (status, signal) => {
        const reports = [
          environment.RUNNER_TEMP ?? '',
          dirname(environment.GITHUB_STATE ?? ''),
          words[words.indexOf('--report') + 1] ?? '',
        ]
        const check = () =>
          refuseLeaks(kubeconfigs, {
            [`what ${rule} printed`]: text,
            ...writtenIn(...reports.filter((folder) => folder.startsWith('/'))),
          })
        release(check, () => done({ status, signal, text }), leaks)
      }),
    ),
  }
}

/** The runner's files of outputs and state: a name, a delimiter, the lines of its value, the delimiter. */
function fileCommands(path: string): Record<string, string> {
  const text = readFileSync(path, 'utf8')
  return Object.fromEntries(
    [...text.matchAll(/^(.+)<<(.+)\n([\s\S]*?)\n?\2$/gm)].map(([, name = '', , value = '']) => [
      name,
      value,
    ]),
  )
}

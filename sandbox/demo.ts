import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { startSandbox } from './sandbox.ts'

/**
 * The demo on the embedded mesh. It starts the built action as the runner does: inputs as environment variables, outputs
 * and summary in files.
 */

type Inputs = Readonly<Record<string, string>>
type Ended = { status: number | null; outputs: Readonly<Record<string, string>>; summary: string }

const ACTION = resolve(import.meta.dirname, '..', 'dist', 'action', 'index.js')
const COMMON: Inputs = {
  namespace: 'demo',
  'virtual-service': 'tcp-echo',
  expect: '{v1: "^one ", v2: "^two "}',
}

/** Runs the action as a step and prints its log line by line. */
function runStep(kubeconfig: string, inputs: Inputs): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'step-'))
  const files = { GITHUB_OUTPUT: 'output', GITHUB_STATE: 'state', GITHUB_STEP_SUMMARY: 'summary' }
  const environment: Record<string, string> = { PATH: process.env.PATH ?? '', RUNNER_TEMP: folder }
  for (const [name, file] of Object.entries(files)) {
    environment[name] = join(folder, file)
    writeFileSync(join(folder, file), '')
  }
  for (const [name, text] of Object.entries({ ...COMMON, ...inputs, kubeconfig })) {
    environment[`INPUT_${name.toUpperCase()}`] = text
  }
  return new Promise((done) => {
    const step = spawn(process.execPath, [ACTION], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: step.stdout }).on('line', (line) =>
      process.stdout.write(asShown(line)),
    )
    step.on('close', (status) => {
      const outputs = readOutputs(readFileSync(join(folder, 'output'), 'utf8'))
      const summary = readFileSync(join(folder, 'summary'), 'utf8')
      rmSync(folder, { recursive: true })
      done({ status, outputs, summary })
    })
  })
}

const LEVELS: Readonly<Record<string, string>> = { error: 'Error', notice: 'Notice' }

/** A line of the step as the job's log shows it, with the runner's commands replaced by their effects. */
function asShown(line: string): string {
  const [, command, text = ''] = /^::([a-z-]+)[^:]*::(.*)$/.exec(line) ?? []
  if (command === undefined) return `${line}\n`
  if (command === 'add-mask' || command === 'endgroup') return ''
  const decoded = text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%')
  if (command === 'group') return `\u001b[1m▾ ${decoded}\u001b[0m\n`
  return `${LEVELS[command] ?? 'Warning'}: ${decoded}\n`
}

/** The runner's file of outputs: a name, a delimiter, the lines of its value, the delimiter. */
function readOutputs(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(.+)<<(.+)\n([\s\S]*?)\n?\2$/gm)].map(([, name = '', , value = '']) => [
      name,
      value,
    ]),
  )
}

function say(text: string): void {
  process.stdout.write(`\n\u001b[1m${text}\u001b[0m\n`)
}

function yaml(inputs: Inputs): string {
  return Object.entries({ ...COMMON, ...inputs })
    .map(([name, text]) => `    ${name}: ${/[{}"]/.test(text) ? `'${text}'` : text}`)
    .join('\n')
}

async function demo(): Promise<number> {
  const sandbox = await startSandbox()
  let wrong = 0
  async function act(title: string, inputs: Inputs, wanted: string): Promise<Ended> {
    say(title)
    process.stdout.write(`  with:\n${yaml(inputs)}\n\n`)
    const ended = await runStep(sandbox.kubeconfig, inputs)
    const { verdict = '', reason = '', weights = '' } = ended.outputs
    const got = `${verdict} (${reason}), exit status ${ended.status}, weights ${weights}`
    const asHoped = got === wanted
    if (!asHoped) wrong += 1
    say(`${asHoped ? '✔' : '✘'} ${got}${asHoped ? '' : `; expected ${wanted}`}`)
    return ended
  }
  try {
    say(
      `A mesh is running: API server ${sandbox.server}, gateway ${sandbox.gateway.host}:${sandbox.gateway.port}. All traffic goes to tcp-echo v1.`,
    )
    await act(
      '1. Give v2 20% of the connections, and confirm the split',
      { subset: 'v2', weight: '20' },
      'pass (within-tolerance), exit status 0, weights {"v1":80,"v2":20}',
    )
    await act(
      '2. Continue to 100% with the steps 40 and 60, each confirmed before the next',
      { subset: 'v2', weight: '100', steps: '40, 60' },
      'pass (within-tolerance), exit status 0, weights {"v1":0,"v2":100}',
    )
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 25, v2: 75 } })
    const last = await act(
      '3. From now on the gateway ignores the weights: it always splits 25/75. Ask for 90% to v2',
      { subset: 'v2', weight: '90', 'propagation-timeout': '2s' },
      'fail (off-target), exit status 1, weights {"v1":0,"v2":100}',
    )
    say('The job summary of that step, in Markdown as GitHub receives it:')
    process.stdout.write(`${last.summary}\n`)
  } finally {
    await sandbox.stop()
  }
  return wrong
}

process.exitCode = await demo()

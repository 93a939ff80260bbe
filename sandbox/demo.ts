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

/** An application that speaks HTTP. Its versions are recognized by stamps. */
const WEB: Inputs = { namespace: 'demo', 'virtual-service': 'web', expect: 'stamp' }
/** The application of Istio's "TCP Traffic Shifting" task. Its versions are recognized by their replies. */
const ECHO: Inputs = {
  namespace: 'demo',
  'virtual-service': 'tcp-echo',
  expect: '{v1: "^one ", v2: "^two "}',
}

/** Runs the action as a step and prints its log line by line. */
function runStep(kubeconfig: string, inputs: Inputs): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'step-'))
  const files = { GITHUB_OUTPUT: 'output', GITHUB_STATE: 'state', GITHUB_STEP_SUMMARY: 'summary' }
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  const environment: Record<string, string> = { PATH, NODE_COMPILE_CACHE, RUNNER_TEMP: folder }
  for (const [name, file] of Object.entries(files)) {
    environment[name] = join(folder, file)
    writeFileSync(join(folder, file), '')
  }
  for (const [name, text] of Object.entries({ ...inputs, kubeconfig })) {
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

/** What the log of a job does not show, unless someone turns its debug lines on. */
const HIDDEN = ['add-mask', 'endgroup', 'debug']
const LEVELS: Readonly<Record<string, string>> = {
  error: '\u001b[31mError:\u001b[0m',
  notice: '\u001b[34mNotice:\u001b[0m',
}
const WARNING = '\u001b[33mWarning:\u001b[0m'

/** A line of the step as the job's log shows it, with the runner's commands replaced by their effects. */
function asShown(line: string): string {
  const [, command, text = ''] = /^::([a-z-]+)[^:]*::(.*)$/.exec(line) ?? []
  if (command === undefined) return `${withColoredSign(line)}\n`
  if (HIDDEN.includes(command)) return ''
  const decoded = text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%')
  if (command === 'group') return `\u001b[1m▾ ${decoded}\u001b[0m\n`
  return `${LEVELS[command] ?? WARNING} ${decoded}\n`
}

function withColoredSign(line: string): string {
  return line.replace(/^ *[✔✘]/, (sign) => {
    const color = sign.endsWith('✔') ? 32 : 31
    return `\u001b[${color}m${sign}\u001b[0m`
  })
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
  return Object.entries(inputs)
    .map(([name, text]) => `    ${name}: ${/[{}"]/.test(text) ? `'${text}'` : text}`)
    .join('\n')
}

async function demo(): Promise<number> {
  const sandbox = await startSandbox({
    web: true,
    proxies: true,
    subsets: { v1: 'one', v2: 'two', v3: 'three' },
  })
  let wrong = 0
  async function act(title: string, inputs: Inputs, wanted: string): Promise<Ended> {
    say(title)
    process.stdout.write(`  with:\n${yaml(inputs)}\n\n`)
    const ended = await runStep(sandbox.kubeconfig, inputs)
    const { verdict = '', reason = '', weights = '' } = ended.outputs
    const got = `${verdict} (${reason}), exit status ${ended.status}, weights ${weights}`
    const asExpected = got === wanted
    if (!asExpected) wrong += 1
    say(asExpected ? `✔ As expected: ${got}` : `✘ ${got}; expected ${wanted}`)
    return ended
  }
  try {
    const { server, gateway, web } = sandbox
    say(
      `A mesh is running: API server ${server}, gateway ${gateway.host}, port ${web.http} for HTTP and ${gateway.port} for TCP. All traffic goes to v1.`,
    )
    await act(
      '1. HTTP: give v2 20% of the requests, and confirm the split by stamps',
      { ...WEB, subset: 'v2', weight: '20' },
      'pass (within-tolerance), exit status 0, weights {"v1":80,"v2":20}',
    )
    const broken = await sandbox.faults.destination('v2', {
      kind: 'status',
      status: 503,
      body: 'broken',
    })
    await act(
      '2. HTTP: from now on v2 answers everything with 503. Ask for 50% to v2',
      { ...WEB, subset: 'v2', weight: '50' },
      'fail (unhealthy), exit status 1, weights {"v1":80,"v2":20}',
    )
    await broken.clear()
    await act(
      '3. TCP: give v2 20% of the connections, and confirm the split by replies',
      { ...ECHO, subset: 'v2', weight: '20' },
      'pass (within-tolerance), exit status 0, weights {"v1":80,"v2":20}',
    )
    await act(
      '4. TCP: continue to 100% with the steps 40 and 60, each confirmed before the next',
      { ...ECHO, subset: 'v2', weight: '100', steps: '40, 60' },
      'pass (within-tolerance), exit status 0, weights {"v1":0,"v2":100}',
    )
    await sandbox.faults.destination('v3', { kind: 'eof' })
    const last = await act(
      '5. TCP: add v3, which closes every connection without a reply',
      {
        ...ECHO,
        subset: 'v3',
        weight: '10',
        expect: '{v1: "^one ", v2: "^two ", v3: "^three "}',
      },
      'fail (no-reply), exit status 1, weights {"v1":0,"v2":100}',
    )
    say('The job summary of that step, in Markdown as GitHub receives it:')
    process.stdout.write(`${last.summary}\n`)
  } finally {
    await sandbox.stop()
  }
  return wrong
}

process.exitCode = await demo()

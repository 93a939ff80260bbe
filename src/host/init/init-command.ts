import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { secretValues } from '../../evidence/probe/http/secret-headers.ts'
import { serverSecrets } from '../../evidence/prometheus/server-secrets.ts'
import type { InitTask } from '../../init/init-task.ts'
import type { InitWords } from '../../init/init-words.ts'
import { shownInput } from '../../options/input-problem.ts'
import { readOptions } from '../../options/read-options.ts'
import { failure, success } from '../../problem/result.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import { plainText } from '../../report/plain-text.ts'
import type { Redactor } from '../../report/redact/redact.ts'
import { openClusters } from '../open-clusters.ts'
import { printResult } from '../print-result.ts'
import { runAndReport } from '../run-and-report.ts'
import { loadClusters, prepare } from '../start/prepare.ts'
import { VERSION } from '../version.ts'

/** How `init` was called. */
export type InitCall = Pick<InitWords, 'raw' | 'output'> & {
  words: readonly string[]
  flag: (name: string) => string | undefined
  environment: InitTask['environment']
  redactor: Redactor
  cancelled: AbortSignal
}

const DEFAULT_FILE = '.github/workflows/traffic-shift.yml'

/** `init` on a command line. Its code is loaded here, because no run needs it. */
export async function runInit(call: InitCall): Promise<number> {
  const { environment, redactor, cancelled, flag, raw, output } = call
  const say = (text: string) => process.stderr.write(`${plainText(redactor.redact(text))}\n`)
  const [file = DEFAULT_FILE, unexpected] = call.words
  const isWriting = flag('write') !== undefined
  const extra = isWriting ? unexpected : call.words[0]
  if (extra !== undefined) {
    say(
      `Unexpected word ${shownInput(extra, redactor.redact)}. Use KIND/NAME and options. To name a file, use --write FILE.`,
    )
    return 2
  }
  if (isWriting && ['', '-'].includes(file.trim())) {
    say('--write must be followed by the name of a file, or by nothing.')
    return 2
  }
  const { init } = await import('../../init/init.ts')
  const printing: Promise<number>[] = []
  const task = {
    ...initWorld(environment, cancelled, redactor),
    say,
    print(text: string) {
      printing.push(printResult(plainText(redactor.redact(text))))
    },
    program: programWords(process.argv[1]),
    ask: process.stdin.isTTY && process.stderr.isTTY ? asker(cancelled) : undefined,
  }
  const status = await init(task, {
    raw,
    output,
    file: isWriting ? file : undefined,
    samples: flag('no-samples') === undefined,
    stamps: flag('no-stamps') === undefined,
  })
  return Math.max(status, ...(await Promise.all(printing)))
}

/** What `init` needs beside its words and its reader. */
export function initWorld(
  environment: InitTask['environment'],
  cancelled: AbortSignal,
  redactor: Redactor,
): Omit<InitTask, 'say' | 'print' | 'program' | 'ask'> {
  const world = {
    environment,
    onSecret: redactor.add,
    redact: redactor.redact,
  }
  const host = {
    ...world,
    print: () => undefined,
    problems: [],
    isCommandLine: true,
    cancelled,
    run: { id: randomUUID(), attempt: 1 },
    terminal: false,
    saveIntent: () => undefined,
    defaultReport: undefined,
  }
  return {
    ...world,
    cancelled,
    version: VERSION,
    open(raw) {
      const { options } = readOptions(raw)
      const { probe, prometheus } = options
      for (const secret of [...secretValues(probe.headers), ...serverSecrets(prometheus)])
        world.onSecret(secret)
      const loaded = loadClusters({ ...host, raw }, { options, invalid: [] })
      return loaded.ok ? success(openClusters(loaded.value, host)) : failure(...loaded.problems)
    },
    async plan(raw) {
      const { options, problems: invalid, isModeKnown } = readOptions(raw)
      const begun = { at: new Date(), ms: performance.now() }
      const prepared = prepare({ ...host, raw }, { options, invalid })
      const start = { options, invalid, isModeKnown, begun }
      return (await runAndReport({ ...host, raw }, start, prepared)).outcome
    },
  }
}

/** How this program was called: its name where it is installed, else the file of a clone. */
function programWords(file = ''): string {
  if (path.basename(file) !== 'index.js') return 'istio-traffic-shift'
  const near = path.relative('', file)
  const shown = near.startsWith('..') ? file : near
  return `node ${/^[\w./-]+$/.test(shown) ? shown : shellQuoted(shown)}`
}

/** Reads answers from the terminal, line by line; undefined when the program is cancelled, or the input has ended. */
function asker(cancelled: AbortSignal): NonNullable<InitTask['ask']> {
  return (question) =>
    new Promise((resolve) => {
      const lines = createInterface({ input: process.stdin, terminal: false })
      const cancel = () => lines.close()
      cancelled.addEventListener('abort', cancel, { once: true })
      process.stderr.write(question)
      lines.once('line', resolve)
      lines.once('line', cancel)
      lines.once('close', () => {
        cancelled.removeEventListener('abort', cancel)
        resolve(undefined)
      })
    })
}

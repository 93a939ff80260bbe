import { type ChildProcess, spawn } from 'node:child_process'
import { parseCommandLine } from '../options/command-line.ts'
import type { Endpoint } from '../options/options.ts'
import { isClientLimit } from './client-limit.ts'
import type { Dial, Met } from './met.ts'
import { MOST_REPLY_BYTES } from './reply-reader.ts'

/** How one connection of `probe: command` is made. Times in milliseconds. */
export type CommandDialSettings = {
  commandLine: string
  endpoint: Endpoint
  timeoutMs: number
  environment: Readonly<Record<string, string | undefined>>
}

/** Of what a command complains so much is kept. */
const COMPLAINT_LENGTH = 200

/**
 * Runs the command once a connection; its whole standard output is the reply. A command that takes
 * too long or is dropped is killed with all that it started.
 */
export function commandDial(settings: CommandDialSettings): Dial {
  const [program = '', ...words] = parseCommandLine(settings.commandLine) ?? []
  const env = probeEnvironment(settings)
  return (done) => {
    // A process group of its own is what the command can be killed by with its children. It has
    // nothing to read: to write to one that does not read fails.
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const heard = startHearing(child.stdout)
    const complaint = startHearing(child.stderr)
    let ended = false

    function end(met: Met | undefined): void {
      if (ended) return
      ended = true
      clearTimeout(timer)
      if (child.exitCode === null && child.signalCode === null) killGroup(child)
      // What escaped from the group may hold them open.
      child.stdout?.destroy()
      child.stderr?.destroy()
      if (met) done(met)
    }

    const timer = setTimeout(() => end({ kind: 'timeout' }), settings.timeoutMs)
    child.on('error', (error: NodeJS.ErrnoException) => end(notStarted(error)))
    // What it left running would hold its output open.
    child.on('exit', () => killGroup(child))
    child.on('close', (status, signal) => end(outcome(heard(), complaint(), status, signal)))
    return () => end(undefined)
  }
}

/** The step's inputs, which may hold a kubeconfig, are none of the command's business. */
function probeEnvironment(settings: CommandDialSettings): Record<string, string> {
  const kept = Object.entries(settings.environment).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !/^(INPUT|STATE)_/.test(pair[0]),
  )
  return {
    ...Object.fromEntries(kept),
    PROBE_HOST: settings.endpoint.host,
    PROBE_PORT: String(settings.endpoint.port),
  }
}

/** Collects what comes, up to the longest reply; returns what gives it as text. */
function startHearing(stream: NodeJS.ReadableStream | undefined): () => string {
  const chunks: Buffer[] = []
  let length = 0
  // Out of files, the system starts a process without streams.
  stream?.on('data', (data: Buffer) => {
    const kept = data.subarray(0, MOST_REPLY_BYTES - length)
    length += kept.length
    if (kept.length > 0) chunks.push(kept)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // All of it has ended by itself.
  }
}

function notStarted(error: NodeJS.ErrnoException): Met {
  if (isClientLimit(error.code ?? '')) return { kind: 'client-limit', why: error.code ?? '' }
  return { kind: 'failed', why: `the command could not be started: ${error.message}` }
}

function outcome(
  text: string,
  complaint: string,
  status: number | null,
  signal: NodeJS.Signals | null,
): Met {
  if (text.length > 0) return { kind: 'reply', text }
  if (status === 0) return { kind: 'closed' }
  const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`
  const why = complaint.trim().slice(0, COMPLAINT_LENGTH)
  return { kind: 'failed', why: `the command ${how}${why === '' ? '' : `: ${why}`}` }
}

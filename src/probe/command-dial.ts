import { exec } from '@actions/exec'
import { which } from '@actions/io'
import type { Endpoint } from '../options/options.ts'
import type { Dial, Met } from './met.ts'
import { MOST_REPLY_BYTES } from './reply-reader.ts'

/** How one connection of `probe: command` is made. Times in milliseconds. */
export type CommandDialSettings = {
  commandLine: string
  endpoint: Endpoint
  timeoutMs: number
  environment: Readonly<Record<string, string | undefined>>
}

/** Exit status of timeout(1) for a command that it had to kill: 124, or 128 + 9. */
const TIMED_OUT = new Set([124, 137])

/**
 * Runs the command once a connection; its whole standard output is the reply. timeout(1) ends a
 * command that takes too long, with all that it started: the library gives no handle to kill it by.
 * A command that is dropped runs on unheard until it ends or is ended that way.
 */
export async function commandDial(settings: CommandDialSettings): Promise<Dial> {
  const timeout = await which('timeout', false)
  const environment = probeEnvironment(settings)
  const commandLine = timeout
    ? `"${timeout}" -s KILL ${settings.timeoutMs / 1000} ${settings.commandLine}`
    : settings.commandLine
  return (done) => {
    let dropped = false
    const end = (met: Met) => {
      if (!dropped) done(met)
      dropped = true
    }
    const late = setTimeout(() => end({ kind: 'timeout' }), settings.timeoutMs + 1000)
    const chunks: Buffer[] = []
    const complaints: Buffer[] = []
    exec(commandLine, [], {
      env: environment,
      silent: true,
      ignoreReturnCode: true,
      input: Buffer.alloc(0),
      listeners: {
        stdout: (data) => collect(chunks, data),
        stderr: (data) => collect(complaints, data),
      },
    })
      .then((status) => end(outcome(status, chunks, complaints)))
      .catch((error: unknown) =>
        end({ kind: 'failed', why: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => clearTimeout(late))
    return () => {
      dropped = true
    }
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

function collect(chunks: Buffer[], data: Buffer): void {
  const sofar = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (sofar < MOST_REPLY_BYTES) chunks.push(data.subarray(0, MOST_REPLY_BYTES - sofar))
}

function outcome(status: number, chunks: readonly Buffer[], complaints: readonly Buffer[]): Met {
  if (TIMED_OUT.has(status)) return { kind: 'timeout' }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.length > 0) return { kind: 'reply', text }
  if (status === 0) return { kind: 'closed' }
  const complaint = Buffer.concat(complaints).toString('utf8').trim().slice(0, 200)
  return {
    kind: 'failed',
    why: `the command ended with status ${status}${complaint ? `: ${complaint}` : ''}`,
  }
}

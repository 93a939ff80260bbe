import { exec } from '@actions/exec'
import type { Endpoint } from '../../../kube/endpoint.ts'
import { isClientLimit } from '../../../problem/client-limit.ts'
import type { ConnectionOutcome, Dial } from '../connection-outcome.ts'
import { MOST_REPLY_BYTES } from '../reply-reader.ts'
import { parseCommandLine } from './command-line.ts'
import { whyNotStarted } from './not-started.ts'

/** How one connection of `probe: command` is made. Times in milliseconds. */
export type CommandDialSettings = {
  commandLine: string
  endpoint: Endpoint
  timeoutMs: number
  environment: Readonly<Record<string, string | undefined>>
}

/** A command is ended when its reply, or its error output, is as long as it may be: the library that runs it keeps whole lines, however long. */
const MOST_ERROR_BYTES = 1024 * 1024

/** A session is a process group of its own. Where there is no setsid, only the command itself can be killed. */
const SESSIONS = process.platform === 'linux'
const STARTER = SESSIONS ? 'setsid sh' : 'sh'

/**
 * Writes its process id, then becomes the command, which has nothing to read: writing to a process that does not read
 * fails. Beside it a guard of the same group waits for the end of standard input. That comes when this process ends, by
 * SIGKILL too, and the guard then kills the group, so the command does not outlive the run. It needs no more than a POSIX
 * shell (`setpriv --pdeathsig` is not everywhere, nor is `kill -- -1` in BusyBox).
 */
const LEADER = [
  'exec 3<&0 </dev/null',
  `(read -r _ <&3; kill -KILL ${SESSIONS ? '-$$' : '$$'}) >/dev/null 2>&1 &`,
  'echo $$ >&2',
  'exec "$@" 3<&-',
].join('\n')

/**
 * Runs the command once per connection. Its whole standard output is the reply. It runs in a session of its own, so one
 * that takes too long or is dropped is killed with everything that it started. The library that starts it gives no
 * handle, so its process id comes as the first line of its error output.
 */
export function commandDial(settings: CommandDialSettings): Dial {
  const words = parseCommandLine(settings.commandLine) ?? []
  const env = probeEnvironment(settings)
  return (done) => {
    const reply = startCollecting(MOST_REPLY_BYTES)
    const errorOutput = startCollecting(MOST_ERROR_BYTES)
    let group: number | undefined
    let exited = false
    let ended = false

    function end(outcome: ConnectionOutcome | undefined): void {
      if (ended) return
      ended = true
      clearTimeout(timer)
      killGroup(group)
      if (outcome) done(outcome)
    }

    const timer = setTimeout(() => {
      const replies = exited && reply.text() !== ''
      end(replies ? replied(reply.text()) : { kind: 'timeout' })
    }, settings.timeoutMs)
    exec(STARTER, ['-c', LEADER, 'probe', ...words], {
      env,
      silent: true,
      ignoreReturnCode: true,
      // A reply is complete at the end of standard output, not at the end of the command: on a busy machine the
      // output is read later. What the command left running is killed by the guard, unless it left the session.
      delay: settings.timeoutMs,
      listeners: {
        // The library has no other sign of the end of the command alone.
        debug: (message) => {
          exited ||= message.startsWith('Exit code ')
        },
        stdout: (data) => {
          reply.collect(data)
          if (reply.isFull()) end({ ...replied(reply.text()), truncated: true })
        },
        stderr: (data) => {
          errorOutput.collect(data)
          group ??= leaderIn(errorOutput.text())
          if (ended) killGroup(group)
          else if (errorOutput.isFull()) end(tooMuchOutput(errorOutput.text()))
        },
      },
    }).then(
      (status: number | null) =>
        end(outcome({ words, status, paths: env.PATH }, reply.text(), errorOutput.text())),
      (error: unknown) => end(notStarted(error)),
    )
    return () => end(undefined)
  }
}

/** What holds a credential of the CI system, or an input of the step, which may be a kubeconfig. */
const WITHHELD =
  /^(?:INPUT_|STATE_|ACTIONS_(?:RUNTIME|ID_TOKEN_REQUEST|RESULTS|CACHE)_|(?:GITHUB|GH|GITLAB)_TOKEN$|CI_JOB_(?:TOKEN|JWT)|CI_(?:REGISTRY|DEPLOY|REPOSITORY)_(?:PASSWORD|URL)$|SYSTEM_ACCESSTOKEN$)/

/** The environment of this process without what the command must not see. */
function probeEnvironment(settings: CommandDialSettings): Record<string, string> {
  const kept = Object.entries(settings.environment).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !WITHHELD.test(pair[0]),
  )
  return {
    ...Object.fromEntries(kept),
    PROBE_HOST: settings.endpoint.host,
    PROBE_PORT: String(settings.endpoint.port),
  }
}

/** Collects output, up to so many bytes. */
function startCollecting(most: number) {
  const chunks: Buffer[] = []
  let length = 0
  return {
    collect(data: Buffer): void {
      const kept = data.subarray(0, most - length)
      length += kept.length
      if (kept.length > 0) chunks.push(kept)
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
    isFull: () => length === most,
  }
}

/** The process id in the first line; undefined while the line is not complete. */
function leaderIn(errorOutput: string): number | undefined {
  const [, number] = /^(\d+)\n/.exec(errorOutput) ?? []
  return number === undefined ? undefined : Number(number)
}

function killGroup(group: number | undefined): void {
  if (group === undefined) return
  try {
    process.kill(SESSIONS ? -group : group, 'SIGKILL')
  } catch {
    // The group has ended by itself.
  }
}

function notStarted(error: unknown): ConnectionOutcome {
  const message = error instanceof Error ? error.message : String(error)
  const [code = ''] = /\bE[A-Z]{3,}\b/.exec(message) ?? []
  if (isClientLimit(code)) return { kind: 'client-limit', why: code }
  // The library's message names the shell, not the command.
  const why = code === '' ? message : code
  return { kind: 'failed', why: `the command could not be started: ${why}` }
}

/** A command that ended. `status` is null where a signal ended it. */
type Ended = { words: readonly string[]; status: number | null; paths: string | undefined }

function outcome(
  { words, status, paths }: Ended,
  text: string,
  errorOutput: string,
): ConnectionOutcome {
  if (text.length > 0) return replied(text)
  if (status === 0) return { kind: 'closed' }
  const how = status === null ? 'was killed' : `ended with status ${status}`
  const why = errorTextOf(errorOutput)
  // The process id comes once the guard has started. Without it this machine has no more processes.
  if (leaderIn(errorOutput) === undefined && /\bfork\b/i.test(why))
    return { kind: 'client-limit', why: 'EAGAIN' }
  const notStartedWhy = whyNotStarted(words[0] ?? '', { status, errorText: why }, paths)
  if (notStartedWhy !== undefined)
    return { kind: 'failed', why: `the command could not be started: ${notStartedWhy}` }
  return { kind: 'failed', why: `the command ${how}${why === '' ? '' : `: ${why}`}` }
}

/** As in a shell's $(...), the end of the last line is not part of the reply. */
function replied(text: string): Extract<ConnectionOutcome, { kind: 'reply' }> {
  return { kind: 'reply', text: text.replace(/\r?\n$/, '') }
}

function tooMuchOutput(errorOutput: string): ConnectionOutcome {
  const why = `the command wrote a megabyte to standard error: ${errorTextOf(errorOutput)}`
  return { kind: 'failed', why }
}

/** Without the process id of the leader. */
function errorTextOf(text: string): string {
  return text.replace(/^\d+\n/, '').trim()
}

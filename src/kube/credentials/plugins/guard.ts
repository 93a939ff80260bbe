import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/** Waits for a line. The end of the input comes first if the process that holds the other end is gone. */
const WAIT = 'read -r _ || kill -KILL "$1"'

/**
 * Kills a process when this one ends, also by SIGKILL, after which nothing here can run. A negative number stands for a
 * process group, as for kill. A shell does it that waits for the end of a pipe from this process.
 */
export function endWithThisProcess(target: number): { release: () => void } {
  const shell: ChildProcess = spawn('sh', ['-c', WAIT, 'guard', String(target)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A signal to the group of this process must not end the guard first.
    detached: true,
    env: { PATH: process.env.PATH },
  })
  const input = shell.stdin as Socket | null
  // Without a shell there is no guard. Everything else works as before.
  shell.on('error', () => undefined)
  input?.on('error', () => undefined)
  shell.unref()
  input?.unref()
  return { release: () => void input?.end('\n') }
}

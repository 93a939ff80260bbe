import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/** Reads what to kill, then waits for a line. The input ends instead if the process at the other end is gone. */
const WAIT = 'read -r target && { read -r _ || kill -KILL "$target"; }'

/**
 * Kills a process when this one ends, also by SIGKILL, after which nothing here can run. A shell does it that waits for the
 * end of a pipe from this process. It is started before the process that it watches, so that there is no time without it.
 */
export type Guard = {
  /** A negative number stands for a process group, as for kill. */
  watch: (target: number) => void
  release: () => void
}

export function startGuard(): Guard {
  const shell: ChildProcess = spawn('sh', ['-c', WAIT], {
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
  return {
    watch: (target) => void input?.write(`${target}\n`),
    release: () => void input?.end('\n'),
  }
}

import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'

const SHELL = '/bin/sh'

/** A process group of its own, which can be killed as one, and a shell. */
export const GUARDS = process.platform !== 'win32' && existsSync(SHELL)

/** Where a guarded command has the pipe whose end shows that this process is gone. */
const PIPE = 3

/**
 * A command that is killed when this process ends, also by SIGKILL, after which nothing here can run. The process that is
 * started is a shell, which starts a guard beside it and then becomes the command. The guard waits for a line from this
 * process; the pipe ends instead if this process is gone, even before the guard has begun to read.
 *
 * @param target what to kill: the process itself, or its group
 */
export function guarded(
  command: string,
  args: readonly string[],
  target: 'process' | 'group',
): { file: string; args: string[] } {
  const kill = `kill -KILL ${target === 'group' ? '-$$' : '$$'}`
  const script = [
    `(read -r _ <&${PIPE} || ${kill}) </dev/null >/dev/null 2>&1 &`,
    `exec "$@" ${PIPE}<&-`,
  ].join('\n')
  return { file: SHELL, args: ['-c', script, 'plugin', command, ...args] }
}

/** Ends the guard of a process, which leaves alone what that has left running. */
export function startReleasing(guardedProcess: ChildProcess): () => void {
  const pipe = guardedProcess.stdio[PIPE] as Socket | null | undefined
  pipe?.on('error', () => undefined)
  pipe?.unref()
  return () => {
    pipe?.write('\n')
    pipe?.destroySoon()
  }
}

import { spawn } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs a command in separate network, process and mount namespaces, as root or as a plain user with a user namespace,
 * and resolves with its exit status. All processes that it started end with it, when the signal aborts, or when this
 * process ends for any reason.
 */
export async function contain(
  command: readonly string[],
  how: {
    /** The command owns the terminal: input, also Ctrl-C, goes there. */
    interactive: boolean
    environment: NodeJS.ProcessEnv
    signal: AbortSignal
  },
): Promise<number> {
  if (how.signal.aborted) return 1
  // The mount point of a file system in memory, which is not visible outside. It stays empty here.
  const state = mkdtempSync(join(tmpdir(), 'istio-mesh-'))
  const root = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const namespaces = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc']
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL'],
      // The process id outside of the namespaces, for processes that enter them.
      ...['sh', '-c', 'MESH_OUTER_PID=$$ exec "$@"', 'sh'],
      ...['unshare', ...root, ...namespaces],
      ...command,
    ],
    {
      env: { ...how.environment, MESH_DIR: state },
      stdio: [how.interactive ? 'inherit' : 'ignore', 'inherit', 'inherit'],
      // A separate session: Ctrl-C reaches only this process, which then ends all of it at once.
      detached: !how.interactive,
    },
  )
  const kill = () => child.kill('SIGKILL')
  how.signal.addEventListener('abort', kill)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (status) => resolve(status ?? 1))
    })
  } finally {
    how.signal.removeEventListener('abort', kill)
    rmdirSync(state)
  }
}

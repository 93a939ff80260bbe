import { spawn } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs a command in network, process and mount namespaces of its own, as root or as a plain user
 * with a user namespace, and resolves with its exit status. All that it started ends with it, and
 * ends too when the signal aborts or this process ends for any reason.
 */
export async function contain(
  command: readonly string[],
  how: {
    /** The terminal is the command's: what is typed, Ctrl-C too, goes there. */
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
      // The process id outside of the namespaces, for those who enter them.
      ...['sh', '-c', 'MESH_OUTER_PID=$$ exec "$@"', 'sh'],
      ...['unshare', ...root, ...namespaces],
      ...command,
    ],
    {
      env: { ...how.environment, MESH_DIR: state },
      stdio: [how.interactive ? 'inherit' : 'ignore', 'inherit', 'inherit'],
      // A session of its own: Ctrl-C reaches this process only, which then ends all of it at once.
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

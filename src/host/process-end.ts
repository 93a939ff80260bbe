/**
 * The signals with which a shell, a terminal, a supervisor or the runner ends a process: all that end it by default and
 * can be handled, except SIGUSR1 (Node's debugger), SIGPIPE (which Node ignores) and faults of the program itself.
 */
const SIGNALS = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGIO',
] as const
/** The last lines are the verdict and the command that restores the weights: how long a slow reader has to read them. */
const DRAIN_MS = 30_000
/** The same after a signal. The runner kills 10 s after its first signal, and a run may take 6 s of them. */
const HURRIED_DRAIN_MS = 2000

/** A reader of the output that has gone away or has stopped neither ends nor delays the process from now on. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined)
    writeWithoutBlocking(stream)
  }
}

/** Makes every signal and every uncaught error a cancel: the run then restores the previous weights and ends by itself. */
export function endWith(cancel: AbortController, say: (text: string) => void): void {
  for (const signal of SIGNALS) process.on(signal, () => cancel.abort())
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error: unknown) => {
      say(`Bug in this tool: ${error instanceof Error ? error.stack : String(error)}`)
      cancel.abort()
    })
  }
}

/**
 * Node writes to a terminal synchronously. A terminal that is stopped by Ctrl-S would block this process in the middle
 * of a run, so that it could not handle signals. Pipes are written without blocking anyway. The handle has no public
 * name; where it is missing, the terminal stays as it is.
 */
function writeWithoutBlocking(stream: NodeJS.WriteStream): void {
  const handle: unknown = stream.isTTY ? Reflect.get(stream, '_handle') : undefined
  if (typeof handle !== 'object' || handle === null) return
  if ('setBlocking' in handle && typeof handle.setBlocking === 'function') handle.setBlocking(false)
}

/**
 * Ends this process when its reader has read everything, or has had enough time. `process.exit()` alone would drop what a
 * pipe has not accepted yet.
 *
 * @param lastly returns the exit status; called when everything is written or given up
 */
export async function leave(
  status: number,
  hurried?: AbortSignal,
  lastly: () => number = () => status,
): Promise<void> {
  await Promise.race([
    Promise.all([process.stdout, process.stderr].map(drained)),
    drainTimeIsUp(hurried),
  ])
  const final = lastly()
  if (isLookingUpNames()) leaveAtOnce(final)
  process.exit(final)
}

/** Resolves also if the reader has gone away. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve()
    else stream.write('', () => resolve())
  })
}

function drainTimeIsUp(hurried = new AbortController().signal): Promise<void> {
  return new Promise((resolve) => {
    const hurry = () => setTimeout(resolve, HURRIED_DRAIN_MS)
    if (hurried.aborted) hurry()
    else hurried.addEventListener('abort', hurry, { once: true })
    setTimeout(resolve, DRAIN_MS)
  })
}

/** A look-up cannot be cancelled, and `process.exit()` waits for it: half a minute if a name server does not answer. */
function isLookingUpNames(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('GetAddrInfo'))
}

/** Replaces this process by one that exits with the status. Does nothing where Node cannot do that. */
function leaveAtOnce(status: number): void {
  process.removeAllListeners('warning')
  process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${status})`], {})
}

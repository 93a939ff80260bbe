/**
 * What a shell, a terminal, a supervisor or the runner ends a process with: all that would end it by default and can be
 * handled, but for SIGUSR1 (Node's debugger), SIGPIPE (which Node ignores) and faults of the program itself.
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
/** The last lines are the verdict and the command that restores the weights: a slow reader gets so long to take them. */
const DRAIN_MS = 30_000
/** The same after a signal. The runner kills 10 s after its first one, and a run may take 6 s of them. */
const HURRIED_DRAIN_MS = 2000

/**
 * Makes every way in which this process may be ended, that it hears of, a cancel: the run then puts
 * the old weights back and ends by itself. That includes a fault that nobody caught, and a reader of
 * the output that went away or stands still must not end or hold up anything.
 */
export function endWith(cancel: AbortController, say: (text: string) => void): void {
  for (const signal of SIGNALS) process.on(signal, () => cancel.abort())
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined)
    writeWithoutBlocking(stream)
  }
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error: unknown) => {
      say(`a fault of this tool: ${error instanceof Error ? error.stack : String(error)}`)
      cancel.abort()
    })
  }
}

/**
 * Node writes to a terminal synchronously. One that is stopped by Ctrl-S would stop this process in
 * the middle of a run, deaf to signals. Pipes are written without blocking anyway. The handle has no
 * other name; where it is missing the terminal stays as it was.
 */
function writeWithoutBlocking(stream: NodeJS.WriteStream): void {
  const handle: unknown = stream.isTTY ? Reflect.get(stream, '_handle') : undefined
  if (typeof handle !== 'object' || handle === null) return
  if ('setBlocking' in handle && typeof handle.setBlocking === 'function') handle.setBlocking(false)
}

/**
 * Ends this process once its reader has taken what was written, or had enough time for it.
 * `process.exit()` alone would drop what a pipe has not taken yet.
 *
 * @param lastly asked, once all is written or given up, for the status to end with
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

/** Resolves also where the reader is gone. */
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

/** A look-up cannot be ended, and `process.exit()` waits for it: half a minute where a name server is silent. */
function isLookingUpNames(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('GetAddrInfo'))
}

/** Replaces this process by one that ends with the status. Does nothing where Node cannot do that. */
function leaveAtOnce(status: number): void {
  process.removeAllListeners('warning')
  process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${status})`], {})
}

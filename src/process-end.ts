/** What a shell, a terminal that closes, or the runner ends a process with. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Makes every way in which this process may be ended, that it hears of, a cancel: the run then puts
 * the old weights back and ends by itself. That includes a fault that nobody caught, and a reader of
 * the output that went away must not end anything.
 */
export function endWith(cancel: AbortController, say: (text: string) => void): void {
  for (const signal of SIGNALS) process.on(signal, () => cancel.abort())
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error: unknown) => {
      say(`a fault of this tool: ${error instanceof Error ? error.stack : String(error)}`)
      cancel.abort()
    })
  }
}

import { leave, outliveReaders } from './process-end.ts'

export type Program = {
  /** Returns the exit status. `cancel` aborts when a person or the runner cancels. */
  main: (cancel: AbortController) => Promise<number>
  /** Reports a bug in this tool that ended `main`. */
  onFault: (text: string) => void
  /** The exit status after it. */
  faultStatus: number
  /** The exit status once all output is written, or could not be. */
  lastly?: (status: number) => number
}

/** Runs a program to the end of the process, also if it has left something running, such as a probe-command. */
export function runProgram({ main, onFault, faultStatus, lastly = (status) => status }: Program) {
  outliveReaders()
  const cancel = new AbortController()
  main(cancel).then(
    (status) => leave(status, cancel.signal, () => lastly(status)),
    (error: unknown) => {
      onFault(error instanceof Error ? (error.stack ?? error.message) : String(error))
      return leave(faultStatus, cancel.signal)
    },
  )
}

import { encodeLine } from '../evidence/jobs/job-log.ts'
import type { PodEvent, PodResult } from '../evidence/jobs/pod-event.ts'

/** The log of this Pod. */
export type LogWriter = {
  /** Adds a line. */
  add(event: PodEvent): void
  launched(launchedMs: number): void
  /** Results come in the order of their launches. */
  ended(result: PodResult): void
  /** Adds the last line. Resolves when everything is written. */
  end(event: PodEvent): Promise<void>
}

export type LogSettings = {
  /** Writes a text to its end. Resolves to whether that succeeded. */
  write: (text: string) => Promise<boolean>
  nowMs: () => number
  /** What is written from now on can no longer be read. */
  onBroken: () => void
}

/** What comes within this time is written at once. Each write costs the node and the API server as much as many samples do. */
const TOGETHER_MS = 20
/** A line comes at least this often, so that silence shows that the log is not read any more. */
const QUIET_MS = 1000
/** Of launches and of results in a line. A longer one may reach its reader in pieces. */
const MOST_IN_LINE = 250
/** So many launches are a minute or more. What has not taken them by then will not. */
const MOST_WAITING = 200_000

export function startLog({ write, nowMs, onBroken }: LogSettings): LogWriter {
  let number = 0
  let text = ''
  let launchesMs: number[] = []
  let results: PodResult[] = []
  let isWriting = false
  let isDue = false
  let timer: NodeJS.Timeout | undefined
  let hasEnded = false
  let whenIdle: (() => void) | undefined
  const quiet = setTimeout(onQuiet, QUIET_MS)

  function add(event: PodEvent): void {
    if (hasEnded) return
    text += `${encodeLine({ number, event })}\n`
    number += 1
    soon()
  }

  function soon(): void {
    if (launchesMs.length > MOST_WAITING) onBroken()
    timer ??= setTimeout(flush, TOGETHER_MS)
  }

  function onQuiet(): void {
    addSamples([], [])
    flush()
  }

  function addSamples(launches: readonly number[], ended: readonly PodResult[]): void {
    add({ kind: 'samples', emittedMs: nowMs(), launchesMs: launches, results: ended })
  }

  function takeSamples(): void {
    const most = Math.max(launchesMs.length, results.length)
    for (let from = 0; from < most; from += MOST_IN_LINE) {
      const to = from + MOST_IN_LINE
      addSamples(launchesMs.slice(from, to), results.slice(from, to))
    }
    launchesMs = []
    results = []
  }

  /** Writes what has come, when what was written before is gone. Until then, more may come. */
  function flush(): void {
    if (isWriting) {
      isDue = true
      return
    }
    takeSamples()
    clearTimeout(timer)
    timer = undefined
    quiet.refresh()
    const written = text
    text = ''
    if (written === '') {
      whenIdle?.()
      return
    }
    isWriting = true
    isDue = false
    write(written).then((isWritten) => {
      isWriting = false
      if (!isWritten) onBroken()
      else if (isDue || whenIdle !== undefined) flush()
    })
  }

  return {
    add,
    launched(launchedMs) {
      launchesMs.push(launchedMs)
      soon()
    },
    ended(result) {
      results.push(result)
      soon()
    },
    end(event) {
      takeSamples()
      add(event)
      hasEnded = true
      return new Promise((resolve) => {
        whenIdle = resolve
        flush()
      })
    },
  }
}

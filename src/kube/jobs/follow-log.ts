import type { IncomingMessage } from 'node:http'
import { ApiError, whyFailed } from '../api-error.ts'
import type { ApiServer } from '../api-server.ts'
import { pause } from '../pause.ts'
import { coreResource, resourcePath } from '../resources.ts'
import { startLines, timedLine } from './log-lines.ts'

/** A container whose log is read. */
export type LoggingContainer = { namespace: string; pod: string; container: string }

/** What a line is to the reader, who numbers them. */
export type LineMeaning =
  | 'new'
  /** It was read before, or somebody else wrote it. */
  | 'known'
  /** A line before it is missing. */
  | 'gap'
  /** Nothing follows it. */
  | 'last'

export type FollowSettings = {
  /** Called for one line after another: not before what it returned for the line before is settled. */
  onLine: (line: string) => LineMeaning | Promise<LineMeaning>
  signal: AbortSignal
  /** A stream that is silent for so long is given up, and another one opened. Milliseconds. */
  quietMs?: number
  /** Before a stream is opened again, and before the second one in a row. Milliseconds. */
  pausesMs?: readonly [number, number]
}

/** How following a log ended. */
export type FollowEnd =
  /** With the last line. */
  | { kind: 'ended' }
  /** By the signal. */
  | { kind: 'stopped' }
  /** A clause, and the status of the API server where it refused. */
  | { kind: 'lost'; why: string; status?: number | undefined }

/** A prober writes a line each second. */
const QUIET_MS = 4000
/** After the second one there is a new line, unless the Pod is gone. */
const PAUSES_MS = [100, 1500] as const
/** Streams in a row that may bring nothing new. */
const MOST_FRUITLESS = 2

/**
 * Reads a log as it grows. A stream that breaks off is opened again, from the second of the last line that was read, as
 * `sinceTime` has no parts of seconds.
 */
export async function followLog(
  api: Pick<ApiServer, 'stream'>,
  container: LoggingContainer,
  settings: FollowSettings,
): Promise<FollowEnd> {
  const { signal, pausesMs = PAUSES_MS } = settings
  let since: string | undefined
  let fruitless = 0
  for (;;) {
    let hasProgress = false
    const broken = await readStream(api, logPath(container, since), settings, (time) => {
      hasProgress = true
      since = time ?? since
    })
    if (signal.aborted) return { kind: 'stopped' }
    if (broken.kind !== 'broken') return broken
    fruitless = hasProgress ? 0 : fruitless + 1
    if (fruitless >= MOST_FRUITLESS || broken.isFinal)
      return { kind: 'lost', why: broken.why, status: broken.status }
    await pause(pausesMs[fruitless] ?? 0, signal)
  }
}

function logPath({ namespace, pod, container }: LoggingContainer, since: string | undefined) {
  const path = resourcePath(coreResource('pods', namespace, pod))
  const from = since === undefined ? '' : `&sinceTime=${encodeURIComponent(since)}`
  return `${path}/log?container=${encodeURIComponent(container)}&follow=true&timestamps=true${from}`
}

/** Another stream may go on, unless it is final. */
type Broken = { kind: 'broken'; why: string; status?: number | undefined; isFinal?: boolean }

async function readStream(
  api: Pick<ApiServer, 'stream'>,
  path: string,
  { onLine, signal, quietMs = QUIET_MS }: FollowSettings,
  onProgress: (time: string | undefined) => void,
): Promise<FollowEnd | Broken> {
  let stream: IncomingMessage
  try {
    stream = await api.stream(path, signal)
  } catch (error) {
    return refused(error)
  }
  const stop = () => stream.destroy()
  const quiet = setTimeout(() => stream.destroy(new Error(QUIET)), quietMs)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const linesIn = startLines()
  try {
    // While a chunk is dealt with, the stream waits, and the API server with it.
    for await (const chunk of stream) {
      quiet.refresh()
      for (const text of linesIn(chunk as Buffer)) {
        const { time, line } = timedLine(text)
        const meaning = await onLine(line)
        if (signal.aborted) return { kind: 'stopped' }
        if (meaning === 'last') return { kind: 'ended' }
        if (meaning === 'gap') return { kind: 'lost', why: 'lines of its log are missing' }
        if (meaning === 'new') onProgress(time)
      }
      quiet.refresh()
    }
    return { kind: 'broken', why: 'its log ended before the Pod was done' }
  } catch (error) {
    return { kind: 'broken', why: `its log broke off (${messageOf(error)})` }
  } finally {
    clearTimeout(quiet)
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
}

const QUIET = 'it was silent'
/** The Pod is gone, or its log may not be read. */
const FINAL = [401, 403, 404, 410]

function refused(error: unknown): Broken {
  if (!(error instanceof ApiError)) return { kind: 'broken', why: messageOf(error) }
  const { status } = error
  const isFinal = status !== undefined && FINAL.includes(status)
  return { kind: 'broken', why: `its log could not be read: ${whyFailed(error)}`, status, isFinal }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

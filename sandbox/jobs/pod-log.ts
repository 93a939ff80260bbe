import { Readable } from 'node:stream'

/** One line of a container's output, without its end, and when it was written. */
export type LogLine = { at: Date; text: string }

/** What a container has written, as a kubelet keeps and serves it. */
export type PodLog = {
  /** Takes output. A line counts when it is complete. */
  write(text: string): void
  /** The container has ended, and so do all that follow its log. */
  end(): void
  /** The lines so far and, with `follow`, those to come. */
  read(options: LogOptions): Readable
  /** Ends everything that follows the log, and forgets all lines but the latest ones, as a rotation of the file does. */
  cut(options: { keep?: number }): void
}

export type LogOptions = { follow: boolean; timestamps: boolean; since?: Date; tail?: number }

export function createPodLog(now: () => Date): PodLog {
  let lines: LogLine[] = []
  let rest = ''
  let ended = false
  const followers = new Map<Readable, LogOptions>()
  const textOf = ({ at, text }: LogLine, { timestamps }: LogOptions) =>
    timestamps ? `${at.toISOString().replace('Z', '000000Z')} ${text}\n` : `${text}\n`
  return {
    write(text) {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      const added = parts.map((line) => ({ at: now(), text: line }))
      lines.push(...added)
      for (const [stream, options] of followers)
        if (added.length > 0) stream.push(added.map((line) => textOf(line, options)).join(''))
    },
    end() {
      ended = true
      for (const stream of followers.keys()) stream.push(null)
      followers.clear()
    },
    read(options) {
      const { since, tail } = options
      const recent = since === undefined ? lines : lines.filter(({ at }) => at >= since)
      const shown = tail === undefined ? recent : recent.slice(recent.length - tail)
      const stream = new Readable({ read: () => undefined })
      const text = shown.map((line) => textOf(line, options)).join('')
      if (text !== '') stream.push(text)
      if (!options.follow || ended) stream.push(null)
      else followers.set(stream, options)
      stream.once('close', () => followers.delete(stream))
      return stream
    },
    cut({ keep }) {
      if (keep !== undefined) lines = keep === 0 ? [] : lines.slice(-keep)
      for (const stream of followers.keys()) stream.destroy(new Error('the log was cut'))
      followers.clear()
    },
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Round } from './exchange.ts'

/** What a round took. `peakKib`: the most memory that the process has held so far. */
export type Took = {
  connections: number
  errors: number
  wallMs: number
  userMs: number
  systemMs: number
  peakKib: number
}

/** A process of the bench: it writes lines, and ends when its standard input does. */
export type Lines = {
  send(line: string): void
  next(): Promise<string>
  end(): Promise<void>
}

/** Starts a process. It is ended with this one: its standard input closes then. */
export function startLines(command: readonly string[]): Lines {
  const [program = '', ...given] = command
  const child: ChildProcess = spawn(program, given, { stdio: ['pipe', 'pipe', 'inherit'] })
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error(`${program} has no pipes`)
  const exited = once(child, 'exit')
  const replyCounts: Interface = createInterface({ input: stdout })
  const lines = replyCounts[Symbol.asyncIterator]()
  return {
    send: (line) => stdin.write(`${line}\n`),
    async next() {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${command.join(' ')} ended before it answered`)
      return value
    },
    async end() {
      stdin.end()
      await exited
    },
  }
}

export type Client = {
  name: string
  round(round: Round): Promise<Took>
  end(): Promise<void>
}

export function startClient(name: string, command: readonly string[]): Client {
  const lines = startLines(command)
  return {
    name,
    end: lines.end,
    async round({ host, port, connections, inFlight }) {
      lines.send(`${host} ${port} ${connections} ${inFlight}`)
      return parseTook(await lines.next())
    },
  }
}

function parseTook(line: string): Took {
  const read: unknown = JSON.parse(line)
  const numberOf = (name: keyof Took): number => {
    const value = typeof read === 'object' && read !== null ? Reflect.get(read, name) : undefined
    if (typeof value !== 'number') throw new Error(`${name} is no number in ${line}`)
    return value
  }
  return {
    connections: numberOf('connections'),
    errors: numberOf('errors'),
    wallMs: numberOf('wallMs'),
    userMs: numberOf('userMs'),
    systemMs: numberOf('systemMs'),
    peakKib: numberOf('peakKib'),
  }
}

/** Connections a second. */
export function rateOf({ connections, wallMs }: Took): number {
  return (connections / wallMs) * 1000
}

/** Processor time of the client a connection, in its own code and in the system's, in microseconds. */
export function cpuUsOf({ connections, userMs, systemMs }: Took): number {
  return ((userMs + systemMs) / connections) * 1000
}

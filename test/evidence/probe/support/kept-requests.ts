import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type {
  ConnectionOutcome,
  KeptDial,
} from '../../../../src/evidence/probe/connection-outcome.ts'
import { startProbing } from '../../../../src/evidence/probe/prober.ts'
import { tcpServer } from './servers.ts'

/** What a server does with the so many-th request that it has read. */
export type Serve = (socket: Socket, number: number) => void

const END_OF_HEAD = '\r\n\r\n'

/** A server that reads requests without a body, and serves each of them so. */
export async function requestServer(serve: Serve) {
  const heard: { connection: number; text: string }[] = []
  let open = 0
  let mostOpen = 0
  let connections = 0
  const server = await tcpServer((socket) => {
    const connection = connections++
    open += 1
    mostOpen = Math.max(mostOpen, open)
    socket.setNoDelay()
    socket.once('close', () => {
      open -= 1
    })
    socket.once('end', () => socket.end())
    let text = ''
    socket.on('data', (data) => {
      if (socket.writableEnded) return
      text += data.toString('latin1')
      if (
        text.indexOf(END_OF_HEAD) + END_OF_HEAD.length < text.length &&
        text.includes(END_OF_HEAD)
      )
        throw new Error('a request before the reply to the one before it')
      if (!text.endsWith(END_OF_HEAD)) return
      heard.push({ connection, text })
      text = ''
      serve(socket, heard.length - 1)
    })
  })
  return { ...server, heard, mostOpen: () => mostOpen, openNow: () => open }
}

/** One request after another: what each of them has met. */
export async function metInTurn(
  dial: KeptDial['dial'],
  requests: number,
  between: () => unknown = () => undefined,
): Promise<ConnectionOutcome[]> {
  const all: ConnectionOutcome[] = []
  for (let request = 0; request < requests; request += 1) {
    all.push(await new Promise((resolve) => dial(resolve)))
    await between()
  }
  return all
}

/** Takes so many samples as a run does, with so many in flight, and closes what is idle then. */
export function sampled(
  kept: KeptDial,
  { samples, concurrency }: { samples: number; concurrency: number },
): Promise<ConnectionOutcome[]> {
  const all: ConnectionOutcome[] = []
  onTestFinished(kept.close)
  return new Promise((resolve) => {
    const prober = startProbing(
      {
        dial: (done) =>
          kept.dial((outcome) => {
            all.push(outcome)
            done(outcome)
          }),
        classify: () => ({ kind: 'destination', index: 0 }),
        concurrency,
        paces: [],
        nowMs: () => performance.now(),
        most: () => samples,
      },
      () => {
        handedOver += 1
        if (handedOver < samples) return
        prober.stop()
        kept.close()
        resolve(all)
      },
    )
    let handedOver = 0
  })
}

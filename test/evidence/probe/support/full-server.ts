import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import { onTestFinished } from 'vitest'

/** So many connections fill the queue of a server that accepts none. */
const FILLING = 8

const ACCEPTS_NONE = `
  const { createServer } = require('node:net')
  const { parentPort } = require('node:worker_threads')
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`

/** The port of a server whose queue of new connections is full, so that further ones are not established. */
export async function fullServer(): Promise<number> {
  const worker = new Worker(ACCEPTS_NONE, { eval: true })
  onTestFinished(async () => {
    await worker.terminate()
  })
  const [port] = (await once(worker, 'message')) as [number]
  for (let i = 0; i < FILLING; i += 1) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    onTestFinished(() => {
      socket.destroy()
    })
  }
  // Time enough for those that fit to be established.
  await new Promise((resolve) => setTimeout(resolve, 50))
  return port
}

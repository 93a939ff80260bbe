import { connect as dial } from 'node:net'

const LIMIT_MS = 1000

/** One connection: sends a line and resolves with the reply up to the first line feed, or with an empty text. */
export function connect(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let reply = ''
    const socket = dial({ host, port, timeout: LIMIT_MS })
    const end = () => {
      socket.destroy()
      resolve(reply)
    }
    socket.setEncoding('utf8')
    socket.write('hello\n')
    socket.on('data', (chunk: string) => {
      reply += chunk
      if (reply.includes('\n')) end()
    })
    for (const event of ['timeout', 'error', 'close']) socket.on(event, end)
  })
}

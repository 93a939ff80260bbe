import { createServer } from 'node:net'

/**
 * istio/tcp-echo-server: answers each line with PREFIX, a space and the line, until the client closes.
 * Usage: node tcp-echo.ts ADDRESS PORT PREFIX
 */

const [host, port, prefix] = process.argv.slice(2)

createServer({ noDelay: true }, (socket) => {
  let pending = ''
  // Bytes in, the same bytes out.
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) socket.write(`${prefix} ${line}\n`, 'latin1')
  })
  socket.on('error', () => socket.destroy())
}).listen({ host, port: Number(port), backlog: 4096 })

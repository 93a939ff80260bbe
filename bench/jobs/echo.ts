import { createServer } from 'node:net'

/** A server of which every fifth connection gets the reply of another version. It sends its port to its parent. */
let served = 0
const server = createServer((socket) => {
  served += 1
  socket.on('error', () => undefined)
  socket.end(served % 5 === 0 ? 'two hello\n' : 'one hello\n')
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => {
  const address = server.address()
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0)
})
process.on('disconnect', () => process.exit(0))

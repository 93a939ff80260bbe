import { createServer } from 'node:http'

/** Answers every request with the same status. Usage: node http-status.ts PORT STATUS */

const [port, status] = process.argv.slice(2)

createServer((request, response) => {
  request.resume()
  response.writeHead(Number(status), { 'content-length': 0 }).end()
}).listen({ port: Number(port), backlog: 4096 })

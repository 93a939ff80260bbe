import http from 'node:http'
import https from 'node:https'

/** The library's agents open a connection a request; a direct one may as well keep its own. */
export function keepAlive(server: string, options: https.RequestOptions): http.Agent | undefined {
  const made = options.agent
  if (!(made instanceof http.Agent)) return undefined
  // A proxy's agent is of a class of its own and stays as the library made it.
  if (made.constructor === https.Agent)
    return new https.Agent({ ...(made as https.Agent).options, keepAlive: true })
  if (made.constructor === http.Agent && server.startsWith('http:'))
    return new http.Agent({ keepAlive: true })
  return made
}

/**
 * Lets the next try open a connection of its own. Those that lie idle lead where the one led that was
 * not answered, to a node that is lost say, and each of them would cost a try to find that out.
 */
export function closeIdle(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy()
}

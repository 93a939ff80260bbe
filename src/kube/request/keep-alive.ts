import http from 'node:http'
import https from 'node:https'

/** The library's agents open a connection for each request. This returns one that keeps its connections, except through a proxy. */
export function keepAlive(server: string, options: https.RequestOptions): http.Agent | undefined {
  const made = options.agent
  if (!(made instanceof http.Agent)) return undefined
  // The agent of a proxy has a class of its own and is not changed.
  if (made.constructor === https.Agent)
    return new https.Agent({ ...(made as https.Agent).options, keepAlive: true })
  if (made.constructor === http.Agent && server.startsWith('http:'))
    return new http.Agent({ keepAlive: true })
  return made
}

/**
 * Makes the next attempt open a connection of its own. Idle connections lead to the same place as the one without an answer,
 * for example to a lost node, and each of them would cost an attempt.
 */
export function closeIdle(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy()
}

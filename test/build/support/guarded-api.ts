import type { IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import { TLSSocket } from 'node:tls'
import { listening } from '../../../kit/build/listening.ts'
import { serverCertificate } from '../../../sandbox/api/certificate.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

/** Who a request comes from: what it says in its head, or `certificate NAME`. */
export type Identity = string | undefined

/**
 * The sandbox's API server behind another that admits by more than tokens, as an authenticating proxy does: a client that
 * shows `admitted` is the administrator behind it, and everybody else is refused.
 */
export async function guardedApi(sandbox: Sandbox, admitted: string, clients?: string) {
  const { authority, certificate, key } = await serverCertificate()
  const refused: Identity[] = []
  const agent = new https.Agent({ ca: authority })
  const server = https.createServer(
    {
      cert: certificate,
      key,
      ...(clients === undefined
        ? {}
        : { ca: clients, requestCert: true, rejectUnauthorized: false }),
    },
    (request, response) => {
      const identity = identityOf(request)
      if (identity === admitted) return passOn(sandbox, request, response, agent)
      refused.push(identity)
      response.statusCode = 401
      response.end('{}')
    },
  )
  return { port: await listening(server), authority, refused }
}

function identityOf({ socket, headers }: IncomingMessage): Identity {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return headers.authorization
  return `certificate ${socket.getPeerCertificate().subject.CN}`
}

function passOn(
  sandbox: Sandbox,
  request: IncomingMessage,
  response: ServerResponse,
  agent: https.Agent,
): void {
  const [token] = sandbox.tokens.keys()
  const { authorization: _, host: __, ...headers } = request.headers
  const onward = https.request(
    new URL(request.url ?? '/', sandbox.server),
    { agent, method: request.method, headers: { ...headers, authorization: `Bearer ${token}` } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    },
  )
  request.pipe(onward)
}

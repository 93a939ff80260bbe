import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import { serverCertificate } from '../../sandbox/api/certificate.ts'
import { listening } from '../build/listening.ts'
import { socksProxy } from '../build/socks-proxy.ts'
import { connectProxy } from '../kube/connect-proxy.ts'
import { CHILD_ENVIRONMENT } from '../run/child-environment.ts'
import { type ClientCertificate, clientCertificate } from '../run/client-certificate.ts'
import type { Fixture } from './fixture.ts'

/** What a request told the API server about its user and its way; `refused`: there was no request. */
export type Answer =
  | 'refused'
  | {
      authorization?: string
      /** The common name of the client's certificate. */
      certificate?: string
      /** The server name of the TLS handshake. */
      serverName?: string
      impersonation?: Record<string, string[]>
      /** The request to a proxy on the way. */
      proxied?: string
    }

/** The values in a fixture's files. */
export type Parts = {
  server: string
  /** Base64 of the server's authority. */
  authority: string
  authorityPem: string
  client: ClientCertificate
  httpProxy: string
  socksProxy: string
}

/** A folder with a fixture's files, and an API server that records the user of each request. */
export type Place = {
  folder: string
  environment: Record<string, string>
  /** The last request, as a text that is the same at each start. */
  replyCounts(): Answer
}

let client: Promise<ClientCertificate> | undefined

/** Creates the files of a fixture until the test ends. */
export async function layOut(fixture: Fixture): Promise<Place> {
  client ??= clientCertificate('deployer')
  const { authority, certificate, key } = await serverCertificate()
  let last: Answer = 'refused'
  const server = https.createServer(
    { cert: certificate, key, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      last = described(request)
      response.setHeader('Content-Type', 'application/json')
      response.end('{}')
    },
  )
  const port = await listening(server)
  const [http, socks] = [await connectProxy(port), await socksProxy(port)]
  const folder = mkdtempSync(path.join(tmpdir(), 'kubectl-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const parts: Parts = {
    server: `https://127.0.0.1:${port}`,
    authority: Buffer.from(authority).toString('base64'),
    authorityPem: authority,
    client: await client,
    httpProxy: `http://${http.host}`,
    socksProxy: `socks5://${socks.host}`,
  }
  for (const [name, content] of Object.entries(fixture.files(parts))) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
    if (name.endsWith('.sh')) chmodSync(file, 0o755)
  }
  const list = fixture.list?.map((name) => (name === '' ? '' : path.join(folder, name)))
  return {
    folder,
    environment: {
      ...CHILD_ENVIRONMENT,
      HOME: folder,
      ...(list ? { KUBECONFIG: list.join(path.delimiter) } : {}),
      ...fixture.environment?.(parts),
    },
    replyCounts() {
      const [proxied] = [...http.asked, ...socks.asked].map((asked) =>
        asked.replace(String(port), 'PORT'),
      )
      return last === 'refused' || proxied === undefined ? last : { ...last, proxied }
    },
  }
}

function described({ socket, headers, rawHeaders }: IncomingMessage): Answer {
  if (!(socket instanceof TLSSocket)) return {}
  const name = socket.getPeerCertificate()?.subject?.CN
  const serverName = socket.servername
  const impersonation: Record<string, string[]> = {}
  rawHeaders.forEach((header, index) => {
    if (index % 2 === 1 || !/^impersonate-/i.test(header)) return
    const known = header.toLowerCase()
    impersonation[known] = [...(impersonation[known] ?? []), rawHeaders[index + 1] ?? '']
  })
  return {
    ...(headers.authorization ? { authorization: headers.authorization } : {}),
    ...(typeof name === 'string' ? { certificate: name } : {}),
    ...(serverName ? { serverName } : {}),
    ...(Object.keys(impersonation).length > 0 ? { impersonation } : {}),
  }
}

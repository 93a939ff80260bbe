import { generateKeyPairSync, sign } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { serverCertificate } from '../../sandbox/api/certificate.ts'
import type { Json, JsonObject } from '../../src/kube/json.ts'
import { listening } from './listening.ts'

const KEYS = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ALGORITHM = 'ES256'

/** A token (JWT) whose end is so many seconds from now, signed by the key that issuers here publish. */
export function idToken(endsInSeconds: number, claims: JsonObject = {}): string {
  const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + endsInSeconds
  const signed = `${part({ alg: ALGORITHM })}.${part({ sub: 'deployer', ...claims, exp })}`
  const key = { key: KEYS.privateKey, dsaEncoding: 'ieee-p1363' } as const
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}

/** An OpenID Connect issuer until the test ends: answers each request for tokens as configured. */
export async function issuer(
  answer: JsonObject & { status?: number },
  metadata: JsonObject = {},
): Promise<{ url: string; authority: string; asked: string[] }> {
  const { authority, certificate, key } = await serverCertificate()
  const asked: string[] = []
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const known: Record<string, () => Promise<Json>> = {
      'GET /.well-known/openid-configuration': async () => ({
        issuer: url,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        id_token_signing_alg_values_supported: [ALGORITHM],
        ...metadata,
      }),
      'GET /keys': async () => ({ keys: [{ ...publicKey(), alg: ALGORITHM, use: 'sig' }] }),
      'POST /token': async () => {
        asked.push(`${request.headers.authorization ?? ''} ${await bodyOf(request)}`.trim())
        return answer
      },
    }
    const found = await known[`${request.method} ${request.url}`]?.()
    response.statusCode = found === answer ? (answer.status ?? 200) : found ? 200 : 404
    response.end(JSON.stringify(found ?? null))
  })
  const url: string = `https://127.0.0.1:${await listening(server)}`
  return { url, authority, asked }
}

function publicKey(): JsonObject {
  const { kty = '', crv = '', x = '', y = '' } = KEYS.publicKey.export({ format: 'jwk' })
  return { kty, crv, x, y }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** The user of a kubeconfig who logs in at an issuer. */
export function oidcUser(
  { url, authority }: { url: string; authority: string },
  more: JsonObject,
): JsonObject {
  return {
    'auth-provider': {
      name: 'oidc',
      config: {
        'idp-issuer-url': url,
        'idp-certificate-authority-data': Buffer.from(authority).toString('base64'),
        'client-id': 'the client',
        'client-secret': 'the:secret',
        'refresh-token': 'refresh-me',
        ...more,
      },
    },
  }
}

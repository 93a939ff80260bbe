import type https from 'node:https'
import type { Authenticator } from '@kubernetes/client-node/dist/auth.js'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { type Json, numberAt, textAt, textsAt } from '../json.ts'
import { exchange } from '../request/exchange.ts'
import { within } from '../within.ts'
import { connectionTo } from './server-connection.ts'

/** A name that none of the library's own authenticators handles. */
const PROVIDER = 'oidc-renewed-here'
/** How long before its end a token is renewed, so that it is still valid when it arrives. */
const MARGIN_MS = 10_000
const LIMIT_MS = 10_000
/** More than an issuer's metadata or tokens have. */
const MOST_BYTES = 1024 * 1024
/** Other calls use a renewed token too, so a call that is given up does not end the renewal. */
const NEVER = new AbortController().signal

type Tokens = { id: string | undefined; refresh: string | undefined }

/**
 * What this process has renewed and is renewing, by refresh-token. Many issuers accept one only once, but a kubeconfig that
 * is read again, or a second context with the same user, still has the first one.
 */
const successors = new Map<string, string>()
const underWay = new Map<string, Promise<Tokens>>()

/**
 * Leaves a user of the auth provider oidc to `oidcAuthenticator`. The library's own authenticator cannot renew a token: it
 * calls openid-client without the client's secret, for a server that is not a URL. Then it sends no credentials.
 */
export function withOidc(user: User): User {
  const provider: Json | undefined = user.authProvider
  if (textAt(provider, 'name') !== 'oidc') return user
  return { ...user, authProvider: { ...user.authProvider, name: PROVIDER } }
}

/**
 * Sends the id-token, and renews it with the refresh-token when it has expired. `nowMs` is since 1970. New tokens are kept
 * until the kubeconfig is read again, and are not written to it.
 * Source: k8s.io/client-go, plugin/pkg/client/auth/oidc; OpenID Connect Core 1.0, section 12; RFC 6749, sections 2.3.1 and 6.
 */
export function oidcAuthenticator(nowMs: () => number): Authenticator {
  let tokens: Tokens | undefined
  return {
    isAuthProvider: ({ authProvider }) => textAt(authProvider, 'name') === PROVIDER,
    async applyAuthentication({ authProvider }, options) {
      const config: Json = authProvider.config
      tokens ??= { id: textAt(config, 'id-token'), refresh: textAt(config, 'refresh-token') }
      if (expiresMs(tokens.id) - MARGIN_MS <= nowMs()) tokens = await renewedOnce(config, tokens)
      options.headers = { ...options.headers, Authorization: `Bearer ${tokens.id}` }
    },
  }
}

/** The end of a token (JWT) in milliseconds since 1970; 0 for what is not a JWT. */
function expiresMs(token = ''): number {
  const [, payload = ''] = token.split('.')
  try {
    const claims: Json = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return (numberAt(claims, 'exp') ?? 0) * 1000
  } catch {
    return 0
  }
}

/** Renews with the latest successor of the refresh-token. Calls for the same token at the same time share one renewal. */
function renewedOnce(config: Json, { refresh = '' }: Tokens): Promise<Tokens> {
  const whose = JSON.stringify([textAt(config, 'idp-issuer-url'), textAt(config, 'client-id')])
  const latest = latestOf(whose, refresh)
  const key = whose + latest
  const renewal =
    underWay.get(key) ??
    renewed(config, latest)
      .then((tokens) => {
        if (tokens.refresh !== undefined && tokens.refresh !== latest) {
          successors.set(key, tokens.refresh)
          // If an issuer returns an old one again, its successors must not form a circle.
          successors.delete(whose + tokens.refresh)
        }
        return tokens
      })
      .finally(() => underWay.delete(key))
  underWay.set(key, renewal)
  return renewal
}

function latestOf(whose: string, refresh: string): string {
  const next = successors.get(whose + refresh)
  return next === undefined ? refresh : latestOf(whose, next)
}

async function renewed(config: Json, refresh: string): Promise<Tokens> {
  try {
    const issuer = textAt(config, 'idp-issuer-url')
    const client = textAt(config, 'client-id')
    if (!refresh || !issuer || !client)
      throw new Error('it needs refresh-token, idp-issuer-url and client-id')
    const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const provider = await ask(config, discovery)
    const answer = await ask(
      config,
      textAt(provider, 'token_endpoint') ?? '',
      grant(provider, client, textAt(config, 'client-secret'), refresh),
    )
    const id = textAt(answer, 'id_token')
    if (id === undefined) throw new Error('the issuer returned no id_token')
    return { id, refresh: textAt(answer, 'refresh_token') ?? refresh }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // A renewed one is in no kubeconfig, so it is not known as a secret elsewhere.
    const why = refresh ? message.replaceAll(refresh, '***') : message
    throw new Error(
      `the id-token has expired and could not be renewed (${why}). Log in again and use the resulting kubeconfig, or one with a token or a plugin`,
    )
  }
}

type Form = { headers: Record<string, string>; body: string }

/** The request for a new token. A client with a secret authenticates as the issuer's metadata says. */
function grant(provider: Json, client: string, secret: string | undefined, refresh: string): Form {
  const fields = { grant_type: 'refresh_token', refresh_token: refresh }
  if (!secret) return form({ ...fields, client_id: client })
  const methods = textsAt(provider, 'token_endpoint_auth_methods_supported')
  if (methods.includes('client_secret_post') && !methods.includes('client_secret_basic'))
    return form({ ...fields, client_id: client, client_secret: secret })
  const [name, password] = [client, secret].map(formEncoded)
  const basic = Buffer.from(`${name}:${password}`).toString('base64')
  return form(fields, { Authorization: `Basic ${basic}` })
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function form(fields: Record<string, string>, headers: Record<string, string> = {}): Form {
  const type = 'application/x-www-form-urlencoded'
  return {
    headers: { ...headers, 'Content-Type': type },
    body: new URLSearchParams(fields).toString(),
  }
}

/** The issuer's answer to a GET, or to the POST of a form. */
async function ask(config: Json, address: string, sent?: Form): Promise<Json> {
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:')
    throw new Error(`${address || 'the token endpoint'} is not an https URL`)
  const url = new URL(address)
  const method = sent ? 'POST' : 'GET'
  const { status, text } = await within({ ms: LIMIT_MS, signal: NEVER }, async (signal) => {
    const options = await connectionOptions(config, address)
    const headers = { ...options.headers, ...sent?.headers, Accept: 'application/json' }
    const outgoing = { method, headers, body: sent?.body }
    return exchange(url, outgoing, { ...options, signal }, MOST_BYTES)
  })
  const body = parsed(text)
  if (status === 200 && body !== undefined) return body
  throw new Error(`${url.origin} answered ${refusal(status, body)}`)
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A status and the issuer's explanation. Source: RFC 6749, section 5.2. */
function refusal(status: number, body: Json | undefined): string {
  if (body === undefined) return `${status} without JSON`
  const words = [textAt(body, 'error'), textAt(body, 'error_description')]
  return [status, ...words.filter((word) => word !== undefined)].join(' ')
}

/** How to connect to the issuer. */
function connectionOptions(config: Json, address: string): Promise<https.RequestOptions> {
  return connectionTo({
    origin: new URL(address).origin,
    caFile: textAt(config, 'idp-certificate-authority'),
    caData: textAt(config, 'idp-certificate-authority-data'),
  })
}

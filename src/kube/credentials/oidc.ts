import type https from 'node:https'
import type { Authenticator } from '@kubernetes/client-node/dist/auth.js'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { type Json, numberAt, textAt, textsAt } from '../json.ts'
import { exchange } from '../request/exchange.ts'
import { within } from '../within.ts'
import { withProxySettings } from './proxy-settings.ts'

/** The name by which the library does not take the user for one of its own authenticator. */
const PROVIDER = 'oidc-renewed-here'
/** So long before its end a token is renewed: it must still be good when it arrives. */
const MARGIN_MS = 10_000
const LIMIT_MS = 10_000
/** More than an issuer's metadata or tokens have. */
const MOST_BYTES = 1024 * 1024
/** A token that is renewed serves other calls too, so a call that is given up does not end it. */
const NEVER = new AbortController().signal

type Tokens = { id: string | undefined; refresh: string | undefined }

/**
 * What this process has renewed and is renewing, by refresh-token: many an issuer takes one only once, but a kubeconfig
 * that is read anew, or by a second context with the same user, still has the first.
 */
const successors = new Map<string, string>()
const underWay = new Map<string, Promise<Tokens>>()

/**
 * A user of the auth provider oidc is left to `oidcAuthenticator`: the library's own cannot renew a token (it asks
 * openid-client for a server that is no URL, without the client's secret), and sends no credentials where it may not.
 */
export function withOidc(user: User): User {
  const provider: Json | undefined = user.authProvider
  if (textAt(provider, 'name') !== 'oidc') return user
  return { ...user, authProvider: { ...user.authProvider, name: PROVIDER } }
}

/**
 * Sends the id-token, and renews it by the refresh-token where it has run out; `nowMs` is since 1970. What the issuer
 * gives is kept as long as the kubeconfig is not read anew, and not written back to it.
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

/** The end of a token (JWT) in milliseconds since 1970; of what is none, 0. */
function expiresMs(token = ''): number {
  const [, payload = ''] = token.split('.')
  try {
    const claims: Json = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return (numberAt(claims, 'exp') ?? 0) * 1000
  } catch {
    return 0
  }
}

/** Renews by the latest successor of the refresh-token; who asks for the same at the same time gets the same. */
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
          // No way round in circles, should an issuer hand out an old one again.
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
      throw new Error('refresh-token, idp-issuer-url and client-id are not all there')
    const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const provider = await ask(config, discovery)
    const answer = await ask(
      config,
      textAt(provider, 'token_endpoint') ?? '',
      grant(provider, client, textAt(config, 'client-secret'), refresh),
    )
    const id = textAt(answer, 'id_token')
    if (id === undefined) throw new Error('the issuer gave no id_token')
    return { id, refresh: textAt(answer, 'refresh_token') ?? refresh }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // One that was renewed is in no kubeconfig, so nobody else would know it for a secret.
    const why = refresh ? message.replaceAll(refresh, '***') : message
    throw new Error(
      `the id-token has run out and could not be renewed (${why}); log in again and give the kubeconfig that results, or one with a token or a plugin`,
    )
  }
}

type Form = { headers: Record<string, string>; body: string }

/** The request for a new token; a client with a secret names itself as the issuer wants it. */
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

/** What the issuer answers to a GET, or to a POST of a form. */
async function ask(config: Json, address: string, sent?: Form): Promise<Json> {
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:')
    throw new Error(`${address || 'the token endpoint'} is no https URL`)
  const url = new URL(address)
  const method = sent ? 'POST' : 'GET'
  const { status, text } = await within({ ms: LIMIT_MS, signal: NEVER }, async (signal) => {
    const options = await wayTo(config, address)
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

/** A status and what the issuer says to it. Source: RFC 6749, section 5.2. */
function refusal(status: number, body: Json | undefined): string {
  if (body === undefined) return `${status} and no JSON`
  const words = [textAt(body, 'error'), textAt(body, 'error_description')]
  return [status, ...words.filter((word) => word !== undefined)].join(' ')
}

/** How the issuer is reached: its authority as the kubeconfig names it, and proxies, are the library's to handle as for a cluster. */
async function wayTo(config: Json, address: string): Promise<https.RequestOptions> {
  const name = 'issuer'
  const caFile = textAt(config, 'idp-certificate-authority')
  const caData = textAt(config, 'idp-certificate-authority-data')
  const issuer = {
    name,
    server: new URL(address).origin,
    skipTLSVerify: false,
    ...(caFile ? { caFile } : {}),
    ...(caData ? { caData } : {}),
  }
  const way = new KubeConfig()
  way.loadFromOptions({
    clusters: [withProxySettings(issuer)],
    users: [{ name }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  const options: https.RequestOptions = {}
  await way.applyToHTTPSOptions(options)
  return options
}

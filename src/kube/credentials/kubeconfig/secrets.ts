import { isObject, type Json, type JsonObject } from '../../json.ts'
import { pluginSecrets } from '../plugins/plugin-secrets.ts'
import type { Entries } from './entries.ts'

/** Fields of a user that hold no credentials. All others count as secrets, whatever their names are. */
const OPEN_OF_USER = new Set([
  'as',
  'as-groups',
  'as-uid',
  'as-user-extra',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'exec',
  'extensions',
  'tokenFile',
  'username',
])
const OPEN_OF_PROVIDER =
  /^(?:client-id|idp-|auth-request-|extra-scopes|cmd-|expir|apiserver-id|config-mode|environment|tenant-id|scopes|token-key)/

/** Everything in kubeconfigs that must not be printed, found by its place. */
export function secretsOf(parts: readonly Entries[]): string[] {
  const open = new Set(
    parts.flatMap(({ clusters, users, contexts }) => [
      ...[clusters, users, contexts].flatMap((entries) => [...entries.keys()]),
      ...[...contexts.values()].flatMap(({ fields }) => textsIn(fields)),
    ]),
  )
  const users = parts.flatMap(({ users }) => [...users.values()].map(({ fields }) => fields))
  const clusters = parts.flatMap(({ clusters }) =>
    [...clusters.values()].map(({ fields }) => fields),
  )
  const secrets = [
    ...users.flatMap((fields) => userSecrets(fields, open)),
    ...clusters.flatMap((fields) => [fields.server, fields['proxy-url']]).flatMap(urlSecrets),
  ]
  return [...new Set(secrets.map((secret) => secret.trim()))].filter((secret) => secret.length > 3)
}

function userSecrets(fields: JsonObject, open: ReadonlySet<string>): string[] {
  return [
    ...Object.entries(fields).flatMap(([field, value]) => {
      if (field === 'client-key-data') return textsIn(value).flatMap(keyForms)
      if (field === 'auth-provider') return providerSecrets(value)
      return OPEN_OF_USER.has(field) ? [] : textsIn(value)
    }),
    ...pluginSecrets(fields.exec, open),
  ]
}

function providerSecrets(provider: Json): string[] {
  const config = isObject(provider) && isObject(provider.config) ? provider.config : {}
  return Object.entries(config).flatMap(([key, value]) =>
    OPEN_OF_PROVIDER.test(key) ? urlSecrets(value) : textsIn(value),
  )
}

/** All strings and numbers in a value. A string of several lines is also returned line by line. */
export function textsIn(value: Json | undefined): string[] {
  if (typeof value === 'number') return [String(value)]
  if (typeof value === 'string') return [value, ...keyLines(value)]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isObject(value) ? Object.values(value).flatMap(textsIn) : []
}

/** The password in an address, or the user if there is no password, as with a token. As written and decoded. */
export function urlSecrets(url: Json | undefined): string[] {
  const user =
    typeof url === 'string'
      ? /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/)?([^/]*)@/i.exec(url)?.[1]
      : undefined
  if (!user) return []
  const secret = user.slice(user.indexOf(':') + 1)
  return [...new Set([secret, decoded(secret), ...parsedSecret(url)])]
}

/** The same in the parsed address, which is encoded differently. */
function parsedSecret(url: Json | undefined): string[] {
  if (typeof url !== 'string' || !URL.canParse(url)) return []
  const { username, password } = new URL(url)
  return [password === '' ? username : password]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The forms of a private key: base64, and each line of its text. */
function keyForms(keyData: string): string[] {
  return [keyData, ...keyLines(Buffer.from(keyData, 'base64').toString('utf8'))]
}

/** The lines of a private key (PEM) that hold it. */
export function keyLines(pem: string): string[] {
  return pem.split(/\r?\n|\\n/).filter((line) => line.length > 16 && !line.startsWith('-----'))
}

/** The secrets in the addresses of proxies that the environment names. */
export function proxySecrets(addresses: readonly (string | undefined)[]): string[] {
  return addresses.flatMap(urlSecrets).filter((secret) => secret.length > 3)
}

import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { shownAddress } from '../../../problem/may-be-shown.ts'
import { isObject, type JsonObject, textAt } from '../../json.ts'
import { pluginFields } from '../plugins/exec-fields.ts'
import { tokenFileProvider, tokenIn } from '../token-file.ts'
import { pairProblems } from './certificates.ts'
import { badCertificate, conflicting, FieldError } from './field-error.ts'
import type { Entry } from './fields.ts'
import { base64In, pathIn, textOf, tried, unreadable } from './fields.ts'

/**
 * A user in the library's form. As in kubectl, a token outranks a plugin, and a plugin is used only if there is nothing else.
 * Everything that is wrong is added to the problems.
 */
export function readUser(name: string, entry: Entry, problems: FieldError[]): User {
  const { fields } = entry
  const text = (field: string) => tried(() => textOf(fields[field], field), problems) ?? ''
  const given: Given = {
    token: text('token'),
    username: text('username'),
    password: text('password'),
    certData: tried(() => base64In(entry, 'client-certificate'), problems),
    keyData: tried(() => base64In(entry, 'client-key'), problems),
    tokenFile: tried(() => readableTokenFile(entry), problems),
    plugin: tried(() => pluginFields(entry), problems),
    provider: tried(() => providerOf(fields), problems),
  }
  if (problems.length === 0) problems.push(...contradictions(entry, given))
  return { name, ...credentialsOf(given) }
}

type Given = {
  token: string
  username: string
  password: string
  /** As base64, like the key. */
  certData: string | undefined
  keyData: string | undefined
  tokenFile: string | undefined
  plugin: JsonObject | undefined
  provider: { name: string; config: JsonObject } | undefined
}

function contradictions(entry: Entry, given: Given): FieldError[] {
  const problems: FieldError[] = []
  if (!canBeSent(given.token.trim()))
    problems.push(
      new FieldError('token must be one line of ASCII characters without spaces. Copy it again'),
    )
  if (given.keyData && isEncrypted(given.keyData))
    problems.push(
      badCertificate(
        'client-key is encrypted with a passphrase, which kubectl cannot use either. Decrypt it: openssl pkey -in KEY -out KEY.plain',
      ),
    )
  else if (given.certData && given.keyData)
    problems.push(...pairProblems(entry, given.certData, given.keyData).map(badCertificate))
  if (given.certData && !given.keyData)
    problems.push(badCertificate('client-certificate needs client-key or client-key-data'))
  if (given.token && (given.username || given.password))
    problems.push(conflicting('token and username cannot be combined.'))
  if (given.plugin && given.provider)
    problems.push(conflicting('exec and auth-provider cannot be combined.'))
  return problems
}

/** Whether a token can stand in a header. */
function canBeSent(token: string): boolean {
  return /^[\x21-\x7e]*$/.test(token)
}

function isEncrypted(keyData: string): boolean {
  const pem = Buffer.from(keyData, 'base64').toString('latin1')
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)
}

function credentialsOf(given: Given): Partial<User> {
  const { token, username, password, certData, keyData, tokenFile, plugin, provider } = given
  const certificate = certData && keyData ? { certData, keyData } : {}
  if (tokenFile) return { ...certificate, authProvider: tokenFileProvider(tokenFile, token) }
  if (token) return { ...certificate, token }
  if (username || password) return { ...certificate, username, password }
  if (provider) return { ...certificate, authProvider: provider }
  return plugin && !certData ? { exec: plugin } : certificate
}

/** The path of the token's file. It must be readable unless there is also a token in the kubeconfig. */
function readableTokenFile(entry: Entry): string | undefined {
  const file = pathIn(entry, 'tokenFile')
  if (file === undefined) return undefined
  try {
    tokenIn(file)
  } catch (error) {
    if (!entry.fields.token) throw unreadable('tokenFile', error)
  }
  return file
}

const REMOVED: Readonly<Record<string, string>> = {
  gcp: 'Install gke-gcloud-auth-plugin and write the kubeconfig again: gcloud container clusters get-credentials CLUSTER',
  azure:
    'Install kubelogin and convert the kubeconfig: kubelogin convert-kubeconfig --login azurecli (or workloadidentity, spn)',
  openstack: 'Use a credential plugin: client-keystone-auth',
}

function providerOf(fields: JsonObject): { name: string; config: JsonObject } | undefined {
  const given = fields['auth-provider'] ?? undefined
  if (given === undefined) return undefined
  const name = textAt(given, 'name') ?? ''
  if (name !== 'oidc') {
    const remedy = Object.hasOwn(REMOVED, name) ? REMOVED[name] : undefined
    throw new FieldError(
      remedy
        ? `auth-provider ${name} was removed from Kubernetes clients. ${remedy}`
        : 'auth-provider names a provider that does not exist. Only oidc does. Use a credential plugin (exec) instead',
      'ITS-KUBECONFIG-LOGIN-REMOVED',
    )
  }
  const config = isObject(given) && isObject(given.config) ? given.config : {}
  return { name, config }
}

/** A user with the name and password in the server's address. As in Go, they count if there is nothing else. */
export function withUserOfAddress(user: User, server: string): User {
  const { username, password } = new URL(server)
  const isKnown = user.token || user.username || user.exec || user.authProvider
  if ((!username && !password) || isKnown) return user
  try {
    return {
      ...user,
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    }
  } catch {
    throw new FieldError(`the user in the server ${shownAddress(server)} is not percent-encoded`)
  }
}

import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js'
import { shownAddress } from '../../../problem/may-be-shown.ts'
import { isObject, type JsonObject } from '../../json.ts'
import { authorityIn } from './certificates.ts'
import { type Entries, nameIn } from './entries.ts'
import { allOf, conflicting, FieldError, typeText } from './field-error.ts'
import type { Entry } from './fields.ts'
import { textOf, tried } from './fields.ts'
import { type Impersonation, impersonationOf } from './impersonation.ts'
import { readUser } from './user.ts'

/** What a context of a kubeconfig names, in the library's form, and what the library has no form for. */
export type ChosenContext = {
  name: string
  cluster: Cluster
  user: User
  impersonation: Impersonation
  /** The configuration for plugins in the entry of the cluster. */
  pluginConfig: JsonObject | undefined
}

/**
 * The cluster and the user of a context, checked by the rules of kubectl, with the contents of the files that they name.
 * Fails with everything that is wrong with them. Source: k8s.io/client-go, tools/clientcmd/validation.go.
 */
export function chosenContext(entries: Entries, name: string): ChosenContext {
  const context = entries.contexts.get(name)
  if (context === undefined) throw missing(`it has no context ${name}`)
  const problems: FieldError[] = []
  const ofUser: FieldError[] = []
  const ofCluster: FieldError[] = []
  const clusterName = nameIn(context, 'cluster')
  const userName = nameIn(context, 'user')
  const clusterRule = entries.clusters.get(clusterName)
  const userEntry = entries.users.get(userName)
  if (clusterRule === undefined)
    problems.push(
      missing(
        clusterName === ''
          ? `context ${name} names no cluster`
          : `it has no cluster ${clusterName}, which context ${name} names`,
      ),
    )
  if (userEntry === undefined && userName !== '')
    problems.push(missing(`it has no user ${userName}, which context ${name} names`))
  const user = readUser(userName, userEntry ?? { fields: {}, folder: '' }, ofUser)
  const cluster =
    clusterRule &&
    tried(
      () =>
        readCluster(clusterName, clusterRule, {
          hasCertificate: Boolean(user.certData),
        }),
      ofCluster,
    )
  const impersonation = tried(() => impersonationOf(userEntry?.fields ?? {}), ofUser)
  problems.push(
    ...ofUser.map((problem) => within(`user ${userName}`, problem)),
    ...ofCluster.map((problem) => within(`cluster ${clusterName}`, problem)),
  )
  if (cluster === undefined || impersonation === undefined || problems.length > 0)
    throw allOf(problems)
  return {
    name,
    cluster,
    user,
    impersonation,
    pluginConfig: clusterRule && pluginConfigOf(clusterRule),
  }
}

function missing(message: string): FieldError {
  return new FieldError(message, 'ITS-KUBECONFIG-ENTRY-MISSING')
}

/** A problem with the entry that has the field. */
function within(where: string, { message, code }: FieldError): FieldError {
  return new FieldError(`in ${where}, ${message}`, code)
}

function readCluster(
  name: string,
  entry: Entry,
  { hasCertificate }: { hasCertificate: boolean },
): Cluster {
  const { fields } = entry
  const given = textOf(fields.server, 'server')
  if (!given) throw new FieldError('server is required')
  if (/[\s\p{Cc}]/u.test(given))
    throw new FieldError('server must not contain spaces or line breaks')
  const skipTLSVerify = fields['insecure-skip-tls-verify'] ?? false
  if (typeof skipTLSVerify !== 'boolean')
    throw new FieldError(
      `insecure-skip-tls-verify must be true or false without quotes, and is ${typeText(skipTLSVerify)}`,
    )
  const caData = authorityIn(entry)
  if (caData && skipTLSVerify)
    throw conflicting('insecure-skip-tls-verify and a certificate authority cannot be combined.')
  const server = withScheme(given, hasCertificate || skipTLSVerify || caData !== undefined)
  if (!isHttpUrl(server))
    throw new FieldError(`server must be an http or https URL, and is ${shownAddress(given)}`)
  const tlsServerName = textOf(fields['tls-server-name'], 'tls-server-name')
  const proxyUrl = textOf(fields['proxy-url'], 'proxy-url')
  if (
    proxyUrl &&
    !(URL.canParse(proxyUrl) && /^(?:https?|socks5h?):$/.test(new URL(proxyUrl).protocol))
  )
    throw new FieldError(
      `proxy-url must be a URL of http, https or socks5, and is ${shownAddress(proxyUrl)}`,
    )
  return {
    name,
    server: server.replace(/\/$/, ''),
    skipTLSVerify,
    ...(caData ? { caData } : {}),
    ...(tlsServerName ? { tlsServerName } : {}),
    ...(proxyUrl ? { proxyUrl } : {}),
  }
}

/** Source: k8s.io/client-go, tools/clientcmd/client_config.go, clusterExtensionKey. */
function pluginConfigOf({ fields }: Entry): JsonObject | undefined {
  const extensions = Array.isArray(fields.extensions) ? fields.extensions : []
  const found = extensions
    .filter(isObject)
    .find(({ name }) => name === 'client.authentication.k8s.io/exec')
  return isObject(found?.extension) ? found.extension : undefined
}

/** An address without a scheme is https if TLS is configured, else http. Source: k8s.io/client-go, rest/url_utils.go. */
function withScheme(server: string, hasTls: boolean): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(server)) return server
  return `${hasTls ? 'https' : 'http'}://${server}`
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

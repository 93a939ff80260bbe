import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Code } from '../../problem/codes.ts'
import { isObject } from '../json.ts'
import { type ClusterFlags, kubeconfigWord } from '../kubectl.ts'
import { ClusterConfig } from './cluster-config.ts'
import type { ClusterSource, KubeconfigSource } from './cluster-source.ts'
import { proxyVariable } from './environment-proxy.ts'
import { environmentSecrets } from './environment-secrets.ts'
import { type ChosenContext, chosenContext } from './kubeconfig/chosen-context.ts'
import { contextNames } from './kubeconfig/entries.ts'
import { FieldError } from './kubeconfig/field-error.ts'
import { shownValue } from './kubeconfig/kubeconfig-text.ts'
import {
  type Environment,
  type ReadKubeconfig,
  readKubeconfig,
} from './kubeconfig/read-kubeconfig.ts'
import { proxySecrets, secretsOf } from './kubeconfig/secrets.ts'
import { withUserOfAddress } from './kubeconfig/user.ts'
import { oidcAuthenticator, withOidc } from './oidc.ts'
import { withExecInfo } from './plugins/exec-info.ts'
import { type Plugins, startPlugins, withPlugin } from './plugins/exec-plugins.ts'
import type { PluginEar } from './plugins/run-plugin.ts'
import { withProxySettings } from './proxy-settings.ts'
import { tokenFileAuthenticator } from './token-file.ts'

/** A cluster's address, what it is called, its credentials, and a way to read them again. */
export type Cluster = ClusterFlags & {
  /** Without a user and a password. */
  server: string
  /** Everything of the kubeconfig that must not be printed. */
  secrets: readonly string[]
  /** As the kubeconfig was read to find the rest of this. */
  config: KubeConfig
  /** Reads the kubeconfig again, so that credentials which were renewed beside the run count. */
  load: () => KubeConfig
  /** Why requests carry no credentials; undefined where they carry some. */
  noCredentials: string | undefined
  /** The proxy that requests go through, without its user, and what names it; undefined where there is none. */
  proxy: string | undefined
  /** The name of the credential plugin that is running. */
  runningPlugin: () => string | undefined
  /** Ends what hands out credentials and has not come to its end. */
  endPlugins: () => void
}

/** `what`: of a context, a sentence; of a kubeconfig, what follows the name of the input that it was given as. */
type Loaded =
  | { ok: true; cluster: Cluster }
  | { ok: false; option: 'kubeconfig' | 'context'; code: Code; what: string }

/**
 * Reads a kubeconfig and picks its context; says in words what is wrong with it.
 *
 * @param ear told what credential plugins say
 */
export function loadCluster(
  source: ClusterSource,
  environment: Environment,
  root = '/',
  ear?: PluginEar,
): Loaded {
  let kubeconfig: ReadKubeconfig
  try {
    kubeconfig = readKubeconfig(source.kubeconfig, environment, root)
  } catch (error) {
    return refused('kubeconfig', 'ITS-KUBECONFIG-UNREADABLE', `cannot be read: ${messageOf(error)}`)
  }
  const { entries, parts, isServiceAccount } = kubeconfig
  const name = source.context ?? entries.currentContext
  if (!entries.contexts.has(name)) {
    return noSuchContext(name, contextNames(entries), source.context !== undefined)
  }
  const plugins = startPlugins(ear)
  try {
    const chosen = chosenContext(entries, name)
    const config = prepared(chosen, plugins)
    const proxyUrl = config.getCurrentCluster()?.proxyUrl
    return {
      ok: true,
      cluster: {
        server: serverOf(config),
        context: isServiceAccount ? undefined : name,
        kubeconfig: wordOf(source.kubeconfig),
        // With the proxy of the environment, which may have a password too.
        secrets: [
          ...new Set([
            ...secretsOf(parts),
            ...proxySecrets([proxyUrl]),
            ...environmentSecrets(environment),
          ]),
        ],
        config,
        noCredentials: whyNoCredentials(chosen),
        proxy: proxyUrl && shownProxy(proxyUrl, chosen),
        runningPlugin: plugins.running,
        load: () => {
          const current = readKubeconfig(source.kubeconfig, environment, root)
          return sameServer(prepared(chosenContext(current.entries, name), plugins), config)
        },
        endPlugins: plugins.end,
      },
    }
  } catch (error) {
    const code = error instanceof FieldError ? error.code : 'ITS-KUBECONFIG-UNUSABLE'
    return refused('kubeconfig', code, `cannot be used: ${messageOf(error)}`)
  }
}

/** What commands name as the kubeconfig: a path that was given, and nothing else. */
function wordOf(source: KubeconfigSource): string | undefined {
  return source.kind === 'path' ? kubeconfigWord(source.path) : undefined
}

function refused(option: 'kubeconfig' | 'context', code: Code, what: string): Loaded {
  return { ok: false, option, code, what: what.endsWith('.') ? what : `${what}.` }
}

function noSuchContext(name: string, known: readonly string[], isGiven: boolean): Loaded {
  const code = 'ITS-CONTEXT-NOT-FOUND'
  const shown = JSON.stringify(shownValue(name))
  const has = known.length > 0 ? `It has: ${known.join(', ')}.` : 'It has no context.'
  if (isGiven) return refused('context', code, `Context ${shown} is not in the kubeconfig. ${has}`)
  if (name !== '')
    return refused(
      'kubeconfig',
      code,
      `has no context ${shown}, which is its current-context. ${has}`,
    )
  const choose = known.length > 0 ? ` Choose one with context. ${has}` : ` ${has}`
  return refused('kubeconfig', code, `has no current context.${choose}`)
}

/** A kubeconfig that was read again. Its credentials must not go to another server than those of before. */
function sameServer(current: KubeConfig, before: KubeConfig): KubeConfig {
  if (serverOf(current) !== serverOf(before))
    throw new Error(`context ${before.getCurrentContext()} now names another server`)
  return current
}

function serverOf(config: KubeConfig): string {
  return config.getCurrentCluster()?.server ?? ''
}

/** A context as the library takes it, with what that leaves to its caller: the way there, plugins, tokens that have run out. */
function prepared(chosen: ChosenContext, plugins: Plugins): KubeConfig {
  const { name, cluster, impersonation, pluginConfig } = chosen
  const withUser = withUserOfAddress(chosen.user, cluster.server)
  const address = { ...cluster, server: withoutUser(cluster.server) }
  const user = isSecure(cluster) ? withUser : { name: withUser.name }
  const exec = isObject(user.exec)
    ? withExecInfo(user.exec, address, pluginConfig, plugins.isInteractive)
    : undefined
  const config = new ClusterConfig(impersonation)
  config.addAuthenticator(oidcAuthenticator(Date.now))
  config.addAuthenticator(tokenFileAuthenticator(Date.now))
  config.addAuthenticator(plugins.authenticator())
  // A context may name no user, and a user may have no name.
  const userName = user.name || 'anonymous'
  config.loadFromOptions({
    clusters: [withProxySettings(address)],
    contexts: [{ name, cluster: cluster.name, user: userName }],
    users: [withPlugin(withOidc({ ...user, name: userName, ...(exec ? { exec } : {}) }))],
    currentContext: name,
  })
  return config
}

/**
 * Credentials are sent over TLS, or to this machine, as to kubectl proxy: a proxy would be the one to get them. kubectl
 * sends none over plain http.
 */
function isSecure({ server, proxyUrl }: ChosenContext['cluster']): boolean {
  const { protocol, hostname } = new URL(server)
  const isHere = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
  return protocol === 'https:' || (isHere && !proxyUrl)
}

function whyNoCredentials({ name, cluster, user }: ChosenContext): string | undefined {
  const { token, username, password, certData, exec, authProvider } = withUserOfAddress(
    user,
    cluster.server,
  )
  if (!(token || username || password || certData || exec || authProvider))
    return user.name
      ? `user ${user.name} of the kubeconfig has no token, tokenFile, client certificate, password or plugin`
      : `context ${name} of the kubeconfig names no user`
  if (isSecure(cluster)) return undefined
  return cluster.proxyUrl
    ? 'the server is plain http behind proxy-url, where the proxy could read them'
    : 'the server is plain http, over which they are not sent'
}

/** `the proxy http://proxy.example:3128, which HTTPS_PROXY names`. */
function shownProxy(url: string, { cluster }: ChosenContext): string {
  const { protocol, host } = new URL(url)
  const source = cluster.proxyUrl
    ? 'proxy-url in the kubeconfig'
    : (proxyVariable(new URL(cluster.server), process.env) ?? 'the environment')
  return `the proxy ${protocol}//${host}, which ${source} names`
}

/** An address without its user and password, which are credentials of the user. */
function withoutUser(server: string): string {
  const url = new URL(server)
  return url.username || url.password ? server.replace(/\/\/[^/]*@/, '//') : server
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { ClusterSource } from '../options/options.ts'
import { withExecInfo } from './exec-info.ts'
import { type Plugins, startPlugins, withPlugin } from './exec-plugins.ts'
import { secretsOf } from './kubeconfig-secrets.ts'
import { oidcAuthenticator, withOidc } from './oidc.ts'
import { reached } from './reached.ts'
import { type Environment, readKubeconfig } from './read-kubeconfig.ts'

/** A cluster's address, what it is called, its credentials, and a way to read them anew. */
export type Cluster = {
  server: string
  /** undefined: the Pod's service account. */
  context: string | undefined
  /** Everything of the kubeconfig that must not be printed. */
  secrets: readonly string[]
  /** As the kubeconfig was read to find the rest of this. */
  config: KubeConfig
  /** Reads the kubeconfig again, so that credentials which were renewed beside the run count. */
  load: () => KubeConfig
  /** Ends what hands out credentials and has not come to its end. */
  endPlugins: () => void
}

/** Reads a kubeconfig and picks its context; says in words what is wrong with it. */
export function loadCluster(
  source: ClusterSource,
  environment: Environment,
  root = '/',
): { ok: true; cluster: Cluster } | { ok: false; option: 'kubeconfig' | 'context'; wants: string } {
  const load = () => {
    const read = readKubeconfig(source.kubeconfig, environment, root)
    if (source.context !== undefined) read.config.setCurrentContext(source.context)
    return read
  }
  let config: KubeConfig
  let isServiceAccount: boolean
  try {
    ;({ config, isServiceAccount } = load())
  } catch (error) {
    return { ok: false, option: 'kubeconfig', wants: `a readable kubeconfig (${messageOf(error)})` }
  }
  const cluster = config.getCurrentCluster()
  const context = config.getCurrentContext()
  if (!cluster?.server) {
    const contexts = config.getContexts().map((known) => known.name)
    return {
      ok: false,
      option: source.context === undefined ? 'kubeconfig' : 'context',
      wants: `a context of the kubeconfig that names a cluster with a server (it has ${contexts.join(', ') || 'no context'}; ${chosenText(context, contexts)})`,
    }
  }
  if (!isHttpUrl(cluster.server)) {
    const wants = `a server that is an http or https URL (context ${context} has ${withoutUser(cluster.server)})`
    return { ok: false, option: 'kubeconfig', wants }
  }
  const plugins = startPlugins()
  try {
    prepared(config, plugins)
  } catch (error) {
    const wants = `a kubeconfig whose server can be reached as it says, and as the environment does (${messageOf(error)})`
    return { ok: false, option: 'kubeconfig', wants }
  }
  return {
    ok: true,
    cluster: {
      server: cluster.server,
      context: isServiceAccount ? undefined : context,
      // With the proxy of the environment, which may have a password too.
      secrets: secretsOf(config),
      config,
      load: () => prepared(sameServer(load().config, config), plugins),
      endPlugins: plugins.end,
    },
  }
}

/** A kubeconfig that is read anew, in the context of before; its credentials are for no other server than that one's. */
function sameServer(anew: KubeConfig, before: KubeConfig): KubeConfig {
  const context = before.getCurrentContext()
  anew.setCurrentContext(context)
  if (anew.getCurrentCluster()?.server !== before.getCurrentCluster()?.server)
    throw new Error(`context ${context} is no longer one of the server it was`)
  return anew
}

function chosenText(context: string, contexts: readonly string[]): string {
  if (context) return `${context} is chosen`
  return contexts.length > 0 ? 'none is current: give context' : 'none is current'
}

/** Adds what the library leaves to its caller: the way there, what plugins are told, tokens that have run out. */
function prepared(config: KubeConfig, plugins: Plugins): KubeConfig {
  const cluster = config.getCurrentCluster()
  if (!cluster) return config
  config.addAuthenticator(oidcAuthenticator(Date.now))
  config.addAuthenticator(plugins.authenticator())
  config.loadFromOptions({
    clusters: config.clusters.map((known) =>
      known.name === cluster.name ? reached(known) : known,
    ),
    contexts: config.contexts,
    users: config.users.map((user) => withPlugin(withOidc(withExecInfo(user, cluster)))),
    currentContext: config.currentContext,
  })
  return config
}

/** An address, whole or not, that may be shown. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//***@')
}

/** The first line only: those that follow in a YAML parser's message show the text around the error, secrets and all. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n')[0] ?? ''
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

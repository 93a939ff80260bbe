import { accessSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { getProxyUrl } from '@actions/http-client/lib/proxy'
// The deep import keeps the generated clients of every Kubernetes kind out of the bundle.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { ClusterSource, KubeconfigSource } from '../options/options.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A cluster's address, what it is called, and a way to read its credentials anew. */
export type Cluster = {
  server: string
  context: string
  /** Everything of the kubeconfig that must not be printed. */
  secrets: readonly string[]
  /** Reads the kubeconfig again, so that credentials which were renewed beside the run count. */
  load: () => KubeConfig
}

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * Reads a kubeconfig and picks its context; says in words what is wrong with it.
 * auto is KUBECONFIG, then the Pod's service account, then ~/.kube/config.
 */
export function loadCluster(
  source: ClusterSource,
  environment: Environment,
): { ok: true; cluster: Cluster } | { ok: false; option: 'kubeconfig' | 'context'; wants: string } {
  const load = () => {
    const config = readKubeconfig(source.kubeconfig, environment)
    if (source.context !== undefined) config.setCurrentContext(source.context)
    return config
  }
  let config: KubeConfig
  try {
    config = load()
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
      wants: `a context of the kubeconfig that names a cluster with a server (it has ${contexts.join(', ') || 'no context'}; ${context ? `${context} is chosen` : 'none is current'})`,
    }
  }
  const secrets = secretsOf(config)
  return {
    ok: true,
    cluster: { server: cluster.server, context, secrets, load: () => prepared(load()) },
  }
}

function readKubeconfig(source: KubeconfigSource, environment: Environment): KubeConfig {
  const config = new KubeConfig()
  if (source.kind === 'yaml') config.loadFromString(source.text)
  else if (source.kind === 'path') config.loadFromFile(source.path)
  else loadAuto(config, environment)
  return config
}

function loadAuto(config: KubeConfig, environment: Environment): void {
  const files = (environment.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '')
  const [first, ...others] = files
  if (first !== undefined) {
    config.loadFromFile(first)
    for (const file of others) {
      const more = new KubeConfig()
      more.loadFromFile(file)
      config.mergeConfig(more, true)
    }
    return
  }
  if (environment.KUBERNETES_SERVICE_HOST && exists(SERVICE_ACCOUNT_TOKEN)) {
    config.loadFromCluster()
    return
  }
  const home = path.join(environment.HOME ?? homedir(), '.kube', 'config')
  if (!exists(home)) {
    throw new Error(
      `auto found none: KUBECONFIG is not set, this is no Pod with a service account, and there is no ${home}`,
    )
  }
  config.loadFromFile(home)
}

/** What the library leaves to its caller: proxies from the environment, plain http as kubectl proxy serves it. */
function prepared(config: KubeConfig): KubeConfig {
  const cluster = config.getCurrentCluster()
  if (!cluster) return config
  const proxyUrl = cluster.proxyUrl ?? getProxyUrl(new URL(cluster.server))?.toString()
  const skipTLSVerify = cluster.skipTLSVerify || cluster.server.startsWith('http:')
  const clusters = config.clusters.map((known) =>
    known.name === cluster.name
      ? { ...known, skipTLSVerify, ...(proxyUrl === undefined ? {} : { proxyUrl }) }
      : known,
  )
  config.loadFromOptions({
    clusters,
    contexts: config.contexts,
    users: config.users,
    currentContext: config.currentContext,
  })
  return config
}

function secretsOf(config: KubeConfig): string[] {
  const secrets = config.getUsers().flatMap((user) => {
    const provider: unknown = user.authProvider?.config
    const provided =
      typeof provider === 'object' && provider !== null ? Object.entries(provider) : []
    const named = provided
      .filter(([key]) => /token|secret|password/i.test(key))
      .map(([, value]) => value)
    return [user.token, user.password, ...keyForms(user.keyData), ...named]
  })
  return secrets.filter((secret) => typeof secret === 'string' && secret.length > 3)
}

/** A private key as it may turn up: base64, and each line of its text. */
function keyForms(keyData: string | undefined): string[] {
  if (!keyData) return []
  const lines = Buffer.from(keyData, 'base64').toString('utf8').split('\n')
  return [keyData, ...lines.filter((line) => line.length > 16 && !line.startsWith('-----'))]
}

function exists(file: string): boolean {
  try {
    accessSync(file)
    return true
  } catch {
    return false
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Reads a kubeconfig from standard input, as `--kubeconfig -` asks. */
export function readStandardInput(): string {
  return readFileSync(0, 'utf8')
}

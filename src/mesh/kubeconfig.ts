import { accessSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'
// The deep imports keep the generated clients of every Kubernetes kind out of the bundle.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js'
import { load } from 'js-yaml'
import type { ClusterSource, KubeconfigSource } from '../options/options.ts'
import { withExecInfo } from './exec-info.ts'
import { isObject, type Json, objectsAt, textAt } from './json.ts'
import { oidcAuthenticator, withOidc } from './oidc.ts'
import { reached } from './reached.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A cluster's address, what it is called, its credentials, and a way to read them anew. */
export type Cluster = {
  server: string
  context: string
  /** Everything of the kubeconfig that must not be printed. */
  secrets: readonly string[]
  /** As the kubeconfig was read to find the rest of this. */
  config: KubeConfig
  /** Reads the kubeconfig again, so that credentials which were renewed beside the run count. */
  load: () => KubeConfig
}

/** Where a Pod finds its service account's credentials. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Reads a kubeconfig and picks its context; says in words what is wrong with it.
 * auto is KUBECONFIG, then the Pod's service account, then ~/.kube/config.
 * `root` is the file system's, below which a Pod's service account is mounted.
 */
export function loadCluster(
  source: ClusterSource,
  environment: Environment,
  root = '/',
): { ok: true; cluster: Cluster } | { ok: false; option: 'kubeconfig' | 'context'; wants: string } {
  const load = () => {
    const config = readKubeconfig(source.kubeconfig, environment, root)
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
  if (!isHttpUrl(cluster.server)) {
    const wants = `a server that is an http or https URL (context ${context} has ${withoutUser(cluster.server)})`
    return { ok: false, option: 'kubeconfig', wants }
  }
  try {
    prepared(config)
  } catch (error) {
    const wants = `a kubeconfig whose server can be reached as it says, and as the environment does (${messageOf(error)})`
    return { ok: false, option: 'kubeconfig', wants }
  }
  return {
    ok: true,
    cluster: {
      server: cluster.server,
      context,
      // With the proxy of the environment, which may have a password too.
      secrets: secretsOf(config),
      config,
      load: () => prepared(load()),
    },
  }
}

function readKubeconfig(
  source: KubeconfigSource,
  environment: Environment,
  root: string,
): KubeConfig {
  if (source.kind === 'yaml') return parseKubeconfig(source.text, '')
  return source.kind === 'path' ? readFile(source.path) : readAuto(environment, root)
}

function readAuto(environment: Environment, root: string): KubeConfig {
  const files = (environment.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '')
  if (files.length > 0) {
    // As kubectl does it: what is not there is passed over, but a list of nothing is no leave to look elsewhere.
    const there = files.filter(exists)
    return merged((there.length > 0 ? there : files).map(readFile))
  }
  const host = environment.KUBERNETES_SERVICE_HOST
  if (host && exists(path.join(root, SERVICE_ACCOUNT, 'token'))) {
    return ofServiceAccount(host, environment.KUBERNETES_SERVICE_PORT ?? '443', root)
  }
  const home = path.join(environment.HOME ?? homedir(), '.kube', 'config')
  if (!exists(home)) {
    throw new Error(
      `auto found none: KUBECONFIG is not set, this is no Pod with a service account, and there is no ${home}`,
    )
  }
  return readFile(home)
}

function readFile(file: string): KubeConfig {
  return parseKubeconfig(readFileSync(file, 'utf8'), path.dirname(file))
}

/** A kubeconfig from its text; paths in it are relative to `folder`. */
function parseKubeconfig(text: string, folder: string): KubeConfig {
  const document = load(text) as Json
  if (!isObject(document)) throw new Error('it is no YAML mapping')
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: newClusters(document.clusters),
    users: newUsers(document.users),
    contexts: newContexts(document.contexts),
    currentContext: document['current-context'],
  })
  config.makePathsAbsolute(folder)
  // The library does not know the field tokenFile, only a provider of its own that does the same.
  config.users = config.users.map((user) => {
    const entry = objectsAt(document, 'users').find((known) => textAt(known, 'name') === user.name)
    const given = textAt(entry, 'user', 'tokenFile')
    if (given === undefined) return user
    const { token: _, ...rest } = user
    const tokenFile = path.resolve(folder, given)
    accessSync(tokenFile)
    return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile } } }
  })
  return config
}

/** Several kubeconfigs as one; of what has the same name, and of current contexts, the first counts. */
function merged(configs: readonly KubeConfig[]): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: firstOfEachName(configs.flatMap(({ clusters }) => clusters)),
    users: firstOfEachName(configs.flatMap(({ users }) => users)),
    contexts: firstOfEachName(configs.flatMap(({ contexts }) => contexts)),
    currentContext: configs.map((each) => each.getCurrentContext()).find((name) => name),
  })
  return config
}

function firstOfEachName<T extends { name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index)
}

/** The kubeconfig that a Pod's service account amounts to. */
function ofServiceAccount(host: string, port: string, root: string): KubeConfig {
  const name = 'in-cluster'
  const folder = path.join(root, SERVICE_ACCOUNT)
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [
      {
        name,
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        caFile: path.join(folder, 'ca.crt'),
        skipTLSVerify: false,
      },
    ],
    users: [
      {
        name,
        authProvider: {
          name: 'tokenFile',
          config: { tokenFile: path.join(folder, 'token') },
        },
      },
    ],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  return config
}

/** Adds what the library leaves to its caller: the way there, what plugins are told, tokens that have run out. */
function prepared(config: KubeConfig): KubeConfig {
  const cluster = config.getCurrentCluster()
  if (!cluster) return config
  config.addAuthenticator(oidcAuthenticator(Date.now))
  config.loadFromOptions({
    clusters: config.clusters.map((known) =>
      known.name === cluster.name ? reached(known) : known,
    ),
    contexts: config.contexts,
    users: config.users.map((user) => withOidc(withExecInfo(user, cluster))),
    currentContext: config.currentContext,
  })
  return config
}

/** Names of fields and variables that hold what must not be printed. */
const SECRET = /token|secret|password|_key$/i

function secretsOf(config: KubeConfig): string[] {
  const secrets = config.getUsers().flatMap((user) => {
    const provider: unknown = user.authProvider?.config
    const provided =
      typeof provider === 'object' && provider !== null ? Object.entries(provider) : []
    const named = provided
      .filter(([key]) => SECRET.test(key) && !/file$/i.test(key))
      .map(([, value]) => value)
    return [
      user.token,
      user.password,
      ...keyForms(user.keyData),
      ...named,
      ...execSecrets(user.exec),
    ]
  })
  const urls = config.getClusters().flatMap(({ server, proxyUrl }) => [server, proxyUrl])
  return [...secrets, ...urls.flatMap(urlSecrets)]
    .filter((secret) => typeof secret === 'string')
    .map((secret) => secret.trim())
    .filter((secret) => secret.length > 3)
}

/** What an exec plugin is given as environment under a name that says that it is secret. */
function execSecrets(exec: Json | undefined): (string | undefined)[] {
  return objectsAt(exec, 'env')
    .filter((variable) => SECRET.test(textAt(variable, 'name') ?? ''))
    .map((variable) => textAt(variable, 'value'))
}

/** A password in an address, or the name where that stands alone, as a token does; as written and as meant. */
function urlSecrets(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return []
  const { username, password } = new URL(url)
  const secret = password === '' ? username : password
  return [...new Set([secret, decoded(secret)])]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A private key as it may turn up: base64, and each line of its text. */
function keyForms(keyData: string | undefined): string[] {
  if (!keyData) return []
  return [keyData, ...keyLines(Buffer.from(keyData, 'base64').toString('utf8'))]
}

/** The lines of a private key (PEM) that hold it. */
export function keyLines(pem: string): string[] {
  return pem.split(/\r?\n/).filter((line) => line.length > 16 && !line.startsWith('-----'))
}

function exists(file: string): boolean {
  try {
    accessSync(file)
    return true
  } catch {
    return false
  }
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

/** Reads a kubeconfig from standard input, as `--kubeconfig -` asks. */
export function readStandardInput(): string {
  return readFileSync(0, 'utf8')
}

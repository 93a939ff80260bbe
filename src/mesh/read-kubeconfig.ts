import { accessSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'
// The deep imports keep the generated clients of every Kubernetes kind out of the bundle.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js'
import { load } from 'js-yaml'
import type { KubeconfigSource } from '../options/options.ts'
import { isObject, type Json, objectsAt, textAt } from './json.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What is shown for a context where the Pod's service account is meant. */
export const IN_CLUSTER = 'in-cluster'

/** Where a Pod finds its service account's credentials. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * The kubeconfig of a source; fails with words for what is wrong with it. auto is KUBECONFIG, then the Pod's service
 * account, then ~/.kube/config. `root` is the file system's, below which a Pod's service account is mounted.
 */
export function readKubeconfig(
  source: KubeconfigSource,
  environment: Environment,
  root: string,
): ReadKubeconfig {
  if (source.kind === 'yaml') return written(parseKubeconfig(source.text, ''))
  return source.kind === 'path' ? written(readGiven(source.path)) : readAuto(environment, root)
}

/** A kubeconfig, and whether it is the one that a Pod's service account amounts to, which nobody wrote. */
export type ReadKubeconfig = { config: KubeConfig; isServiceAccount: boolean }

function written(config: KubeConfig): ReadKubeconfig {
  return { config, isServiceAccount: false }
}

function readGiven(file: string): KubeConfig {
  if (!exists(file) && /^~|\$/.test(file))
    throw new Error(
      `there is no file ${file}; ~ and $ stand for themselves here, so write the path out`,
    )
  return readFile(file)
}

function readAuto(environment: Environment, root: string): ReadKubeconfig {
  if (/[\n{]|^apiVersion\s*:/.test((environment.KUBECONFIG ?? '').trim())) {
    throw new Error(
      'the environment variable KUBECONFIG has the YAML itself, where paths are wanted; give that as the input kubeconfig',
    )
  }
  const files = (environment.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '')
  if (files.length > 0) {
    // As kubectl does it: what is not there is passed over, but a list of nothing is no leave to look elsewhere.
    const there = files.filter(exists)
    if (there.length === 0) {
      throw new Error(
        `there is no ${files.join(', no ')}, which the environment variable KUBECONFIG names`,
      )
    }
    return written(merged(there.map(readFile)))
  }
  const host = environment.KUBERNETES_SERVICE_HOST
  if (host && exists(path.join(root, SERVICE_ACCOUNT, 'token'))) {
    const config = ofServiceAccount(host, environment.KUBERNETES_SERVICE_PORT ?? '443', root)
    return { config, isServiceAccount: true }
  }
  const home = path.join(environment.HOME ?? homedir(), '.kube', 'config')
  if (!exists(home)) {
    throw new Error(
      `auto found none: KUBECONFIG is not set, this is no Pod with a service account, and there is no ${home}`,
    )
  }
  return written(readFile(home))
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
  const name = IN_CLUSTER
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

function exists(file: string): boolean {
  try {
    accessSync(file)
    return true
  } catch {
    return false
  }
}

/** Reads a kubeconfig from standard input, as `--kubeconfig -` asks. */
export function readStandardInput(): string {
  return readFileSync(0, 'utf8')
}

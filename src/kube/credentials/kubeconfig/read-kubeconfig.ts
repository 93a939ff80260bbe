import { accessSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'
import { shownPath } from '../../../problem/may-be-shown.ts'
import { isMissingFile, readRegularFile } from '../../read-regular-file.ts'
import type { KubeconfigSource } from '../cluster-source.ts'
import { kubeconfigDocument, textOfBytes } from './document.ts'
import { type Entries, entriesOf, mergedRules } from './entries.ts'
import { kubeconfigText } from './kubeconfig-text.ts'
import { bare, pathHint } from './path-hint.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What is shown for a context where the Pod's service account is meant. */
export const IN_CLUSTER = 'in-cluster'

/** Where a Pod finds its service account's credentials. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** A kubeconfig that was read, and whether it is the one that a Pod's service account amounts to, which is in no file. */
export type ReadKubeconfig = {
  entries: Entries
  /** The same before the first of each name hid the others: all of them hold credentials. */
  parts: readonly Entries[]
  isServiceAccount: boolean
}

/**
 * The kubeconfig of a source; fails with words for what is wrong with it. auto is KUBECONFIG, then the Pod's service
 * account, then ~/.kube/config. `root` is the file system's, below which a Pod's service account is mounted.
 */
export function readKubeconfig(
  source: KubeconfigSource,
  environment: Environment,
  root: string,
): ReadKubeconfig {
  if (source.kind === 'yaml') return read([entriesOf(kubeconfigDocument(source.text), '')])
  return source.kind === 'path' ? read([readGiven(source.path)]) : readAuto(environment, root)
}

function read(parts: readonly Entries[]): ReadKubeconfig {
  return { entries: mergedRules(parts), parts, isServiceAccount: false }
}

function readGiven(file: string): Entries {
  try {
    return readFile(file)
  } catch (error) {
    const hint = isMissingFile(error) ? pathHint(file) : undefined
    if (hint !== undefined) throw new Error(`there is no file ${shownPath(bare(file))}; ${hint}`)
    throw error
  }
}

function readAuto(environment: Environment, root: string): ReadKubeconfig {
  const listed = environment.KUBECONFIG ?? ''
  if (listed.trim() !== '') return read(readList(listed))
  const host = environment.KUBERNETES_SERVICE_HOST
  if (host && exists(path.join(root, SERVICE_ACCOUNT, 'token'))) {
    const entries = ofServiceAccount(host, environment.KUBERNETES_SERVICE_PORT ?? '443', root)
    return { entries, parts: [entries], isServiceAccount: true }
  }
  const home = path.join(environment.HOME ?? homedir(), '.kube', 'config')
  if (!exists(home)) {
    throw new Error(
      `auto found none: KUBECONFIG is not set, this is no Pod with a service account, and there is no ${shownPath(home)}`,
    )
  }
  return read([readFile(home)])
}

/** The files of KUBECONFIG. As for kubectl, what is not there is passed over, but a list of nothing is no leave to look elsewhere. */
function readList(listed: string): Entries[] {
  refuseData(listed)
  const files = [...new Set(listed.split(path.delimiter).filter((file) => file !== ''))]
  for (const file of files) refuseData(file)
  const missing: string[] = []
  const found = files.flatMap((file) => {
    try {
      return [readFile(file)]
    } catch (error) {
      if (!isMissingFile(error)) throw error
      const hint = pathHint(file)
      missing.push(`${shownPath(bare(file))}${hint === undefined ? '' : ` (${hint})`}`)
      return []
    }
  })
  if (found.length > 0) return found
  throw new Error(
    missing.length === 0
      ? 'the environment variable KUBECONFIG names no file'
      : `there is no ${missing.join(', no ')}, which the environment variable KUBECONFIG names`,
  )
}

function refuseData(text: string): void {
  const found = kubeconfigText(text)
  if (found.kind === 'yaml')
    throw new Error(
      'the environment variable KUBECONFIG has the YAML itself, where paths are wanted; give that as the input kubeconfig',
    )
  if (found.kind === 'data')
    throw new Error(
      `the environment variable KUBECONFIG looks like ${found.what}, where paths are wanted. ${found.remedy}, and give it as the input kubeconfig`,
    )
}

/** A file's entries; what is wrong with it is said with its name, where that may be shown. */
function readFile(file: string): Entries {
  const text = textOfBytes(readRegularFile(file))
  try {
    return entriesOf(kubeconfigDocument(text), path.resolve(path.dirname(file)))
  } catch (error) {
    throw new Error(`${shownPath(file)}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The kubeconfig that a Pod's service account amounts to. */
function ofServiceAccount(host: string, port: string, root: string): Entries {
  const name = IN_CLUSTER
  const folder = path.join(root, SERVICE_ACCOUNT)
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
  const document = {
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority': 'ca.crt' } }],
    users: [{ name, user: { tokenFile: 'token' } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  }
  return entriesOf(document, folder)
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
  return textOfBytes(readFileSync(0))
}

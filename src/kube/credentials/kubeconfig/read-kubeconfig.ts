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

/** What is shown as the context of a Pod's service account. */
export const IN_CLUSTER = 'in-cluster'

/** Where a Pod has the credentials of its service account. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** A kubeconfig that was read, and whether it stands for a Pod's service account, which has no file. */
export type ReadKubeconfig = {
  entries: Entries
  /** The same before merging. Entries that the merge hides hold credentials too. */
  parts: readonly Entries[]
  isServiceAccount: boolean
}

/**
 * The kubeconfig of a source. Fails with a text for what is wrong with it. `auto` is KUBECONFIG, then the Pod's service
 * account, then ~/.kube/config. `root` is the root of the file system in which a Pod's service account is mounted.
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
    if (hint !== undefined) throw new Error(`${shownPath(bare(file))} does not exist; ${hint}`)
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
      `auto found no kubeconfig. KUBECONFIG is not set, this is not a Pod with a service account, and ${shownPath(home)} does not exist`,
    )
  }
  return read([readFile(home)])
}

/** The files of KUBECONFIG. As in kubectl, missing files are skipped. If all are missing, no other place is used. */
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
      : `no file that the environment variable KUBECONFIG names exists: ${missing.join(', ')}`,
  )
}

function refuseData(text: string): void {
  const found = kubeconfigText(text)
  if (found.kind === 'yaml')
    throw new Error(
      'the environment variable KUBECONFIG must contain paths, but contains YAML. Use the input kubeconfig for the YAML',
    )
  if (found.kind === 'data')
    throw new Error(
      `the environment variable KUBECONFIG must contain paths, but looks like ${found.what}. ${found.remedy}, and use it as the input kubeconfig`,
    )
}

/** The entries of a file. Errors name the file, if its name may be shown. */
function readFile(file: string): Entries {
  const text = textOfBytes(readRegularFile(file))
  try {
    return entriesOf(kubeconfigDocument(text), path.resolve(path.dirname(file)))
  } catch (error) {
    throw new Error(`${shownPath(file)}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The kubeconfig that stands for a Pod's service account. */
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

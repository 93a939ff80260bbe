import { shellQuoted } from './finding.ts'

/** The beginning of a command to paste: it names the cluster, whichever the reader's shell is at. */
export function kubectl(context: string, namespace?: string): string {
  const command = `kubectl --context ${shellQuoted(context)}`
  return namespace === undefined ? command : `${command} --namespace ${shellQuoted(namespace)}`
}

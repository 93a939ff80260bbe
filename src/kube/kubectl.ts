import { shellQuoted } from '../problem/shell-quoted.ts'

/**
 * The beginning of a command to paste. It names the cluster, because the reader's shell may use another one.
 *
 * @param context undefined: a Pod's service account, which has no context
 */
export function kubectl(context: string | undefined, namespace?: string): string {
  const command = at('kubectl', context)
  return namespace === undefined ? command : `${command} --namespace ${shellQuoted(namespace)}`
}

/** The same for Istio's own command. */
export function istioctl(context: string | undefined): string {
  return at('istioctl', context)
}

function at(command: string, context: string | undefined): string {
  return context === undefined ? command : `${command} --context ${shellQuoted(context)}`
}

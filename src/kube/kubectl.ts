import { mayBePath } from '../problem/may-be-shown.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'

/** The options with which a command to paste names a cluster, because the reader's shell may use another one. */
export type ClusterFlags = {
  /** undefined: a Pod's service account, which has no context. */
  context: string | undefined
  /** The path of the kubeconfig that was given, as a word of a shell; undefined where no path was given. */
  kubeconfig?: string | undefined
  /** The cluster with the Services and Pods, where it is not the same. */
  gateway?: ClusterFlags | undefined
}

/** Only what commands name of a cluster: the rest of it may hold credentials. */
export function flagsOf({ context, kubeconfig, gateway }: ClusterFlags): ClusterFlags {
  return { context, kubeconfig, gateway: gateway && flagsOf(gateway) }
}

/** The path of a kubeconfig as a word of a shell. A path that may not be shown is left for the reader to fill in. */
export function kubeconfigWord(path: string): string {
  return mayBePath(path) ? shellQuoted(path) : 'PATH'
}

/** The beginning of a command to paste, which names the cluster. */
export function kubectl(cluster: ClusterFlags, namespace?: string): string {
  const command = `kubectl${clusterFlags(cluster)}`
  return namespace === undefined ? command : `${command} --namespace ${shellQuoted(namespace)}`
}

/** The same for Istio's own command. */
export function istioctl(cluster: ClusterFlags): string {
  return `istioctl${clusterFlags(cluster)}`
}

/** ` --kubeconfig PATH --context NAME`, each only where it is known. `prefix`: of the names of the options. */
export function clusterFlags({ kubeconfig, context }: ClusterFlags, prefix = ''): string {
  const path = kubeconfig === undefined ? '' : ` --${prefix}kubeconfig ${kubeconfig}`
  return context === undefined ? path : `${path} --${prefix}context ${shellQuoted(context)}`
}

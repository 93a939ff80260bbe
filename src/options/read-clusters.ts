import type { ClusterSource, KubeconfigSource } from '../kube/credentials/cluster-source.ts'
import { kubeconfigText } from '../kube/credentials/kubeconfig/kubeconfig-text.ts'
import type { Options } from './options.ts'
import { defaultOf, type Reader } from './reader.ts'

/**
 * Where the object is, and where the gateway and the application are. A run that calls no cluster
 * reads no kubeconfig, so it does not judge one: the pull request of a fork gets secrets as empty texts.
 */
export function readClusters(
  reader: Reader,
  callsCluster: boolean,
): Pick<Options, 'cluster' | 'gatewayCluster'> {
  if (!callsCluster) return { cluster: NO_CLUSTER, gatewayCluster: NO_CLUSTER }
  const kubeconfig = readKubeconfig(reader, 'kubeconfig')
  const gatewayKubeconfig = readKubeconfig(reader, 'gateway-kubeconfig')
  const context = reader.given('context')
  const gatewayContext = reader.given('gateway-context')
  const cluster: ClusterSource = { kubeconfig, context }
  if (gatewayKubeconfig.kind !== 'auto') {
    return { cluster, gatewayCluster: { kubeconfig: gatewayKubeconfig, context: gatewayContext } }
  }
  return { cluster, gatewayCluster: { kubeconfig, context: gatewayContext ?? context } }
}

const NO_CLUSTER: ClusterSource = { kubeconfig: { kind: 'auto' }, context: undefined }

function readKubeconfig(
  reader: Reader,
  name: 'kubeconfig' | 'gateway-kubeconfig',
): KubeconfigSource {
  const given = reader.raw(name) ?? defaultOf(name)
  // A path from a YAML block ends with a line feed, which does not make it a kubeconfig.
  const text = given.trim()
  if (text === '') {
    reader.wrong(
      name,
      '',
      'a path, the YAML itself, or auto; it was given but is empty, as a secret that does not exist is. Set the secret, or leave the input out',
    )
    return { kind: 'auto' }
  }
  if (text === 'auto') return { kind: 'auto' }
  const found = kubeconfigText(text)
  if (found.kind === 'data') {
    // Never echoed: it may be all of the cluster's credentials.
    reader.wrong(
      name,
      undefined,
      `a path, the YAML itself, or auto; what was given looks like ${found.what}. ${found.remedy}`,
    )
    return { kind: 'auto' }
  }
  return found.kind === 'yaml' ? { kind: 'yaml', text: given } : { kind: 'path', path: text }
}

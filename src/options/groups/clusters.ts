import type { ClusterSource, KubeconfigSource } from '../../kube/credentials/cluster-source.ts'
import { kubeconfigText } from '../../kube/credentials/kubeconfig/kubeconfig-text.ts'
import { ALL_MODES, type Given, option } from '../option.ts'
import { anyText } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const KUBECONFIG = option<KubeconfigSource>({
  name: 'kubeconfig',
  type: 'path, the YAML itself, or auto',
  placeholder: 'PATH|YAML|auto',
  default: 'auto',
  brief:
    'The API server of the route object; - reads standard input. auto: KUBECONFIG, in-cluster, or ~/.kube/config.',
  text: 'The API server that holds the route object. auto: the first that exists of KUBECONFIG, in-cluster and ~/.kube/config. An empty value is an error.',
  modes: ALL_MODES,
  emptyCounts: true,
  shape: { words: ['auto'], text: true, path: 'file' },
  parse: readKubeconfig,
})

const CONTEXT = option({
  name: 'context',
  type: 'name',
  placeholder: 'NAME',
  text: 'Context of kubeconfig. Default: the current context.',
  modes: ALL_MODES,
  shape: { text: true, names: 'contexts' },
  parse: anyText,
})

const GATEWAY_KUBECONFIG = option<KubeconfigSource>({
  name: 'gateway-kubeconfig',
  type: 'path, the YAML itself, or auto',
  placeholder: 'PATH|YAML|auto',
  default: 'auto',
  brief:
    'The API server of the Services and Pods, if it is another one. auto: the same as kubeconfig.',
  text: 'The API server that holds the Services and Pods of the gateway and the application, if it is not that of kubeconfig. auto: the same as kubeconfig. An empty value is an error.',
  modes: ALL_MODES,
  emptyCounts: true,
  shape: { words: ['auto'], text: true, path: 'file' },
  parse: readKubeconfig,
})

const GATEWAY_CONTEXT = option({
  name: 'gateway-context',
  type: 'name',
  placeholder: 'NAME',
  text: 'Context of gateway-kubeconfig. Default: the same as context, or the current context of gateway-kubeconfig.',
  modes: ALL_MODES,
  shape: { text: true, names: 'gateway-contexts' },
  parse: anyText,
})

export const CLUSTER_OPTIONS = {
  title: 'Clusters',
  options: [KUBECONFIG, CONTEXT, GATEWAY_KUBECONFIG, GATEWAY_CONTEXT],
}

export type ClusterOptions = { cluster: ClusterSource; gatewayCluster: ClusterSource }

/**
 * Where the object is, and where the gateway and the application are. A run that calls no cluster reads no kubeconfig, so
 * a kubeconfig is not judged either: in the pull request of a fork, secrets are empty texts.
 */
export function readClusters(reader: Reader, callsCluster: boolean): ClusterOptions {
  if (!callsCluster) return { cluster: NO_CLUSTER, gatewayCluster: NO_CLUSTER }
  const kubeconfig = reader.withDefault(KUBECONFIG)
  const gatewayKubeconfig = reader.withDefault(GATEWAY_KUBECONFIG)
  const context = reader.optional(CONTEXT)
  const gatewayContext = reader.optional(GATEWAY_CONTEXT)
  const cluster: ClusterSource = { kubeconfig, context }
  if (gatewayKubeconfig.kind !== 'auto')
    return { cluster, gatewayCluster: { kubeconfig: gatewayKubeconfig, context: gatewayContext } }
  return { cluster, gatewayCluster: { kubeconfig, context: gatewayContext ?? context } }
}

const NO_CLUSTER: ClusterSource = { kubeconfig: { kind: 'auto' }, context: undefined }

function readKubeconfig({ name, text: given, refuse }: Given): KubeconfigSource | undefined {
  // A path from a YAML block ends with a line feed, which does not make it a kubeconfig.
  const text = given.trim()
  if (text === '')
    return refuse(
      'ITS-KUBECONFIG-EMPTY',
      () =>
        `${name} is empty. A secret that does not exist is an empty string. Set the secret, or remove the input.`,
    )
  if (text === 'auto') return { kind: 'auto' }
  const found = kubeconfigText(text)
  // What was given is never shown: it may be all of the cluster's credentials.
  if (found.kind === 'data')
    return refuse(
      'ITS-KUBECONFIG-INVALID',
      () =>
        `${name} must be a path, the YAML itself, or auto. The value looks like ${found.what}. ${found.remedy}.`,
    )
  return found.kind === 'yaml' ? { kind: 'yaml', text: given } : { kind: 'path', path: text }
}

import type { ClusterSource, KubeconfigSource, Options } from './options.ts'
import { defaultOf, type Reader } from './reader.ts'

/** Where the object is, and where the gateway and the application are. */
export function readClusters(reader: Reader): Pick<Options, 'cluster' | 'gatewayCluster'> {
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

/** Longer than any path is wide, and nothing but base64: an encoded kubeconfig. */
function isBase64(text: string): boolean {
  const encoded = text.replace(/\s+/g, '')
  return encoded.length > 255 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)
}

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
  if (isBase64(text)) {
    // Never echoed: it is all of the cluster's credentials.
    reader.wrong(
      name,
      undefined,
      'a path, the YAML itself, or auto; what was given looks base64-encoded. Decode it first (base64 --decode)',
    )
    return { kind: 'auto' }
  }
  if (/[\n{]|^apiVersion\s*:/.test(text)) return { kind: 'yaml', text: given }
  return { kind: 'path', path: text }
}

import { dump } from 'js-yaml'

/** A kubeconfig (YAML) with one cluster, one user with a token, and the context `sandbox`. */
export function kubeconfigOf(of: {
  server: string
  /** PEM. */
  authority: string
  token: string
  namespace: string
}): string {
  const name = 'sandbox'
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: of.server,
          'certificate-authority-data': Buffer.from(of.authority).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token: of.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: of.namespace } }],
  })
}

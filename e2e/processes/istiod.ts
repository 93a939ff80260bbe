import { writeFileSync } from 'node:fs'
import { ROOT_NAMESPACE } from '../../sandbox/options.ts'
import { ISTIOD } from './addresses.ts'
import { FILES } from './credentials.ts'
import { isOk } from './http.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

/** The id of the cluster of the Services and Pods that the gateway connects to. */
export const CLUSTER = 'Kubernetes'

/** What istiod needs to know of waypoints. */
export const AMBIENT = { PILOT_ENABLE_AMBIENT: 'true' }

/**
 * Starts istiod on the Istio objects of one API server, with further variables in its environment, and resolves when it has
 * read them.
 */
export async function startIstiod(
  kubeconfig: string,
  cluster = CLUSTER,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const meshConfig = statePath('mesh-config.json')
  writeFileSync(
    meshConfig,
    JSON.stringify({
      // Otherwise the gateway waits for certificates forever.
      enableAutoMtls: false,
      rootNamespace: ROOT_NAMESPACE,
      defaultConfig: { discoveryAddress: `127.0.0.1:${ISTIOD.xds}` },
    }),
  )
  startProcess(
    'istiod',
    [
      ...['pilot-discovery', 'discovery', '--kubeconfig', kubeconfig, '--meshConfig', meshConfig],
      ...['--httpAddr', `127.0.0.1:${ISTIOD.http}`, '--grpcAddr', `127.0.0.1:${ISTIOD.xds}`],
      ...['--httpsAddr', `127.0.0.1:${ISTIOD.webhook}`, '--secureGRPCAddr', ''],
      ...['--tlsCertFile', statePath(FILES.certificate), '--tlsKeyFile', statePath(FILES.key)],
      ...['--caCertFile', statePath(FILES.authority)],
      ...['--monitoringAddr', `127.0.0.1:${ISTIOD.monitoring}`, '--ctrlz_port', '0'],
    ],
    {
      POD_NAMESPACE: 'istio-system',
      POD_NAME: 'istiod-0',
      CLUSTER_ID: cluster,
      ENABLE_CA_SERVER: 'false',
      PILOT_CERT_PROVIDER: 'none',
      INJECT_ENABLED: 'false',
      VALIDATION_WEBHOOK_CONFIG_NAME: '',
      INJECTION_WEBHOOK_CONFIG_NAME: '',
      // For these, Istio's build of Envoy has filters that are missing in the stock one, which would refuse every listener for HTTP.
      PILOT_ENABLE_METADATA_EXCHANGE: 'false',
      PILOT_ENABLE_ALPN_FILTER: 'false',
      // The gateway authenticates on its connection without TLS too. Otherwise istiod gives it no certificates.
      XDS_AUTH_PLAINTEXT: 'true',
      // Gateways of Gateway API use the ingress gateway that is there, in place of Deployments of their own.
      PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false',
      ...more,
    },
  )
  await istiodReady()
}

export function istiodReady(): Promise<boolean> {
  return within(60_000, 'istiod being ready', () => isOk(`http://127.0.0.1:${ISTIOD.http}/ready`))
}

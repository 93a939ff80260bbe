import { mkdirSync, writeFileSync } from 'node:fs'
import { layNetwork } from '../namespace/network.ts'
import { openApi } from '../objects/api.ts'
import { createGatewayAccount } from '../objects/gateway-account.ts'
import { createTutorial } from '../objects/tutorial.ts'
import type { Parts } from '../parts/build.ts'
import { API_PORT, GATEWAY } from './addresses.ts'
import { startApiServer, startEtcd } from './api-server.ts'
import { connect } from './connect.ts'
import { ADMIN_TOKEN, kubeconfigFor, writeCredentials } from './credentials.ts'
import { startEcho } from './echo.ts'
import { startEnvoy } from './envoy.ts'
import { startIstiod } from './istiod.ts'
import { startKubelet } from './kubelet.ts'
import { statePath } from './state.ts'
import { startWeb } from './web.ts'
import { within } from './within.ts'

/** The administrator's kubeconfig. */
export function adminKubeconfig(): string {
  return statePath('kubeconfig')
}

/**
 * Starts the whole mesh in this process's namespaces: etcd, the API server with the tutorial's
 * objects, the kubelet, istiod, the gateway, and the applications. Resolves when a connection through the gateway
 * is answered.
 */
export async function startMesh(crds: Parts['crds']): Promise<void> {
  for (const folder of ['logs', 'processes']) mkdirSync(statePath(folder))
  layNetwork()
  startEtcd()
  await writeCredentials()
  writeFileSync(adminKubeconfig(), kubeconfigFor(API_PORT, ADMIN_TOKEN), { mode: 0o600 })
  await startApiServer('kube-apiserver', API_PORT)
  const api = openApi(API_PORT)
  const versions = ['v1', 'v2'] as const
  const objects = async () => {
    await createTutorial(crds)
    await createGatewayAccount(api)
  }
  const applications = [...versions.map(startEcho), ...versions.map(startWeb)]
  await Promise.all([objects(), startKubelet(), ...applications])
  await startIstiod(adminKubeconfig())
  await startEnvoy('first')
  await within(30_000, 'an answer through the gateway', async () => {
    const reply = await connect(GATEWAY.host, GATEWAY.port)
    return reply === 'one hello\n'
  })
}

import { join } from 'node:path'
import { CONTROLLERS_PORT, POD_LOGS } from './addresses.ts'
import { isOk } from './http.ts'
import { startProcess } from './process.ts'
import { adminKubeconfig } from './start-mesh.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

/** What Jobs need: their controllers, and what runs their Pods on the only node. */
const CONTROLLERS = [
  'job-controller',
  'garbage-collector-controller',
  'ttl-after-finished-controller',
]

const HEALTH = `http://${POD_LOGS}/healthz`

/** Starts the controllers of Jobs, and what runs their Pods as processes beside the mesh, unless they run. */
export async function startJobs(): Promise<void> {
  if (await isOk(HEALTH).catch(() => false)) return
  startProcess('kube-controller-manager', [
    ...['kube-controller-manager', '--kubeconfig', adminKubeconfig()],
    ...['--controllers', CONTROLLERS.join(','), '--leader-elect=false'],
    ...['--use-service-account-credentials=false', '--bind-address', '127.0.0.1'],
    ...['--secure-port', String(CONTROLLERS_PORT)],
    ...['--cert-dir', statePath('controllers-certificates')],
  ])
  const script = join(import.meta.dirname, 'pods', 'run-pods.ts')
  startProcess('pods', [process.execPath, script], { MESH_DIR: statePath() })
  await within(30_000, 'what runs Pods being ready', () => isOk(HEALTH))
}

import { setTimeout as sleep } from 'node:timers/promises'
import { listAt, textAt } from '../../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../../sandbox/objects/kube-object.ts'
import { openApi } from '../../objects/api.ts'
import { API_PORT, POD_LOGS, SIDECAR_PORTS } from '../addresses.ts'
import { createRunner } from './runner.ts'
import { serveLogs, serveSidecars } from './serve.ts'

/**
 * Runs the Pods of Jobs as processes beside the mesh, in place of a scheduler, a kubelet and a container runtime. All Pods
 * share the network of the mesh, and so does the sidecar of each.
 */
const LOOK_MS = 50
const OF_JOBS = '/api/v1/pods?labelSelector=batch.kubernetes.io%2Fjob-name'

const api = openApi(API_PORT)
const runner = createRunner(api)
serveLogs(POD_LOGS, runner.logOf)
for (const port of SIDECAR_PORTS) serveSidecars(port)

for (;;) {
  const pods = await listed().catch(() => undefined)
  if (pods !== undefined) runner.look(pods)
  await sleep(LOOK_MS)
}

/** undefined while the API server does not answer. */
async function listed(): Promise<KubeObject[] | undefined> {
  const { status, body } = await api.call('GET', OF_JOBS)
  if (status !== 200) return undefined
  return listAt(body, 'items')
    .map((item) => Object.assign({ apiVersion: 'v1', kind: 'Pod' }, item))
    .filter(isKubeObject)
    .filter((pod) => textAt(pod, 'metadata', 'name') !== undefined)
}

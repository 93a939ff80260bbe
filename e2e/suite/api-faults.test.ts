import { afterAll, beforeAll, beforeEach } from 'vitest'
import { testApiFaults } from '../../kit/faults/api-faults.ts'
import { testRestoreFaults } from '../../kit/faults/restore-faults.ts'
import { type FaultyMesh, ownersIn } from '../../kit/faults/subject.ts'
import { paste } from '../../kit/run/shell.ts'
import { type ApiProxy, startApiProxy } from '../faults/api-proxy.ts'
import { virtualService } from '../objects/tutorial.ts'
import {
  api,
  applyRoute,
  journalsOn,
  readRoute,
  routeIs,
  routeText,
  weightsOn,
} from './support/route.ts'

/** The faults of kit/faults/api-faults.ts on the real API server, caused by a proxy in front of it. */

let proxy: ApiProxy
beforeAll(async () => {
  proxy = await startApiProxy()
})
afterAll(async () => {
  await proxy.stop()
  await api.remove(virtualService())
  await api.create(virtualService())
})
beforeEach(async () => {
  await proxy.reset()
  await api.remove(virtualService())
  await api.create(virtualService())
  await routeIs({ v1: 80, v2: 20 })
})

testApiFaults(() => meshOf(proxy))
testRestoreFaults(() => meshOf(proxy))

function meshOf({ kubeconfig, order, clear, calls }: ApiProxy): FaultyMesh {
  const remove = () => api.remove(virtualService())
  return {
    kubeconfig,
    order,
    clear,
    paste: (commands) => paste(commands, kubeconfig, 'own'),
    calls: () => calls,
    text: routeText,
    weights: weightsOn,
    journals: journalsOn,
    merge: (patch) => api.merge(virtualService(), patch),
    apply: (manager) => applyRoute(manager, virtualService({ v1: 80, v2: 20 }), { force: true }),
    owners: async () => ownersIn(await readRoute()),
    remove,
    async recreate() {
      const object = await readRoute()
      await remove()
      await api.create({ ...object, metadata: { name: 'tcp-echo', namespace: 'demo' } })
    },
  }
}

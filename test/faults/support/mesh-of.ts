import { type FaultyMesh, ownersIn } from '../../../kit/faults/subject.ts'
import { hasJournal, ROUTE, routeText, weightsOf } from '../../../kit/run/object.ts'
import { paste } from '../../../kit/run/shell.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { JOURNAL } from '../../../src/journal/journal.ts'

/** A sandbox as the shared tests of faults use a mesh. */
export function meshOf(sandbox: Sandbox): FaultyMesh {
  const { kubeconfig, faults, calls, objects } = sandbox
  const remove = () => objects.delete(ROUTE)
  return {
    kubeconfig,
    order: faults.api,
    clear: faults.clear,
    paste: (commands) => paste(commands, kubeconfig, 'stand-in'),
    calls: () => calls,
    async text() {
      if (objects.get(ROUTE) === undefined) throw new Error('there is none')
      return routeText(sandbox)
    },
    weights: async () => weightsOf(objects.get(ROUTE)),
    journals: async () => (hasJournal(sandbox) ? [JOURNAL] : []),
    merge: async (patch) => objects.patch(ROUTE, patch),
    // The sandbox does not apply: this is what it would leave.
    apply: async (manager) =>
      objects.patch(ROUTE, {
        metadata: {
          managedFields: [
            {
              manager,
              operation: 'Apply',
              apiVersion: 'networking.istio.io/v1',
              time: '2026-01-01T00:00:00Z',
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:spec': { 'f:gateways': {}, 'f:hosts': {}, 'f:tcp': {} } },
            },
          ],
        },
      }),
    owners: async () => ownersIn(objects.get(ROUTE)),
    remove: async () => remove(),
    async recreate() {
      const object = objects.get(ROUTE)
      if (object === undefined) throw new Error('there is none')
      remove()
      objects.create({ ...object, metadata: { name: ROUTE.name, namespace: ROUTE.namespace } })
    },
  }
}

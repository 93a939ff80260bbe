import { listAt, textAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'

/** Whether a ReferenceGrant lets objects of a kind and namespace refer to an object of the core group. */
export function grants(
  all: readonly KubeObject[],
  from: { group: string; kind: string; namespace: string },
  to: { kind: string; namespace: string; name: string },
): boolean {
  return all.some(
    (grant) =>
      namespaceOf(grant) === to.namespace &&
      listAt(grant, 'spec', 'from').some((one) =>
        (['group', 'kind', 'namespace'] as const).every(
          (field) => textAt(one, field) === from[field],
        ),
      ) &&
      listAt(grant, 'spec', 'to').some(
        (one) =>
          textAt(one, 'group') === '' &&
          textAt(one, 'kind') === to.kind &&
          [undefined, to.name].includes(textAt(one, 'name')),
      ),
  )
}

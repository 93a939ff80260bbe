import { MANAGER } from './api-request.ts'
import { type Finding, shellQuoted, warning } from './finding.ts'
import { isObject, type Json } from './json.ts'
import { kubectl } from './kubectl.ts'
import type { ManagedFields, RouteObject } from './route-object.ts'

/** Field managers of the controllers that keep an object as a repository has it, and how each is told to leave weights alone. */
const CONTROLLERS: readonly {
  manager: RegExp
  name: string
  mend: (object: RouteObject, context: string | undefined) => string
}[] = [
  {
    manager: /^argocd/,
    name: 'Argo CD',
    mend: (object) =>
      `Let its Application ignore the weights:\n  spec:\n    ignoreDifferences:\n    - group: networking.istio.io\n      kind: VirtualService\n      name: ${object.name}\n      jqPathExpressions: [".spec.tcp[].route[].weight"]\n    syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}`,
  },
  {
    manager: /^(kustomize-controller|helm-controller)$/,
    name: 'Flux',
    mend: (object, context) =>
      `Let it leave the object alone while weights move:\n  ${kubectl(context, object.namespace)} annotate virtualservice ${shellQuoted(object.name)} kustomize.toolkit.fluxcd.io/reconcile=disabled`,
  },
  {
    manager: /^(configsync|fleet-?agent|rancher|terraform|pulumi)/i,
    name: 'a controller',
    mend: () => 'Let it leave the weights of this VirtualService alone.',
  },
]

/** A warning where a controller manages the spec of an object of the kubeconfig's `context`: it may undo the edit. Whether it was told not to cannot be seen here. */
export function findControllers(object: RouteObject, context: string | undefined): Finding[] {
  const managers = new Set(object.managedFields.filter(touchesSpec).map(({ manager }) => manager))
  return [...managers].flatMap((manager) => {
    const known = CONTROLLERS.find((controller) => controller.manager.test(manager))
    if (!known) return []
    return [
      warning(
        `${known.name} (field manager ${manager}) manages ${object.name} and may put its own weights back`,
        known.mend(object, context),
      ),
    ]
  })
}

/** When the spec was last written, by the API server's clock; undefined where managedFields does not say. */
export function specChangedAtMs(object: RouteObject): number | undefined {
  const times = object.managedFields.filter(touchesSpec).flatMap(({ timeMs }) => timeMs ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** Who else wrote the spec last; undefined where managedFields does not say. */
export function lastSpecManager(object: RouteObject): string | undefined {
  const others = object.managedFields.filter(
    (entry) => touchesSpec(entry) && entry.manager !== MANAGER,
  )
  return others.sort((a, b) => (b.timeMs ?? 0) - (a.timeMs ?? 0))[0]?.manager
}

function touchesSpec(entry: ManagedFields): boolean {
  const fields: Json = entry.fields
  return isObject(fields) && 'f:spec' in fields
}

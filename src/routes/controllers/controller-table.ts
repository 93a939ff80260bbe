import { at, objectsAt, textAt } from '../../kube/json.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import type { RouteObject } from '../route-object.ts'

/** An object, and what of its metadata shows who manages it. */
export type Managed = {
  object: RouteObject
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** Of the kubeconfig that holds the object. */
  context: string | undefined
}

/** A controller that writes whole objects, how it is recognized and how it is told to leave weights alone. */
export type Controller = {
  name: string
  /** Field managers under which it writes. */
  managers: RegExp
  /** A label or annotation that only objects of this controller have; undefined where there is none. */
  sign: (of: Managed) => string | undefined
  /** Whether the object itself shows that the controller leaves it alone. */
  isStopped?: (of: Managed) => boolean
  /** What makes it leave the weights alone. */
  advice: (of: Managed) => string
}

const WEIGHTS = '.spec.tcp[].route[].weight'

export const CONTROLLERS: readonly Controller[] = [
  {
    name: 'Argo CD',
    managers: /^argocd/,
    sign: (of) => trackedByArgo(of) ?? label(of, 'argocd.argoproj.io/instance'),
    advice: ({ object }) =>
      `Let its Application ignore the weights:\n  spec:\n    ignoreDifferences:\n    - group: networking.istio.io\n      kind: ${object.kind}\n      name: ${object.name}\n      jqPathExpressions: ["${WEIGHTS}"]\n    syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}`,
  },
  {
    name: 'Flux',
    managers: /^kustomize-controller$/,
    sign: (of) => label(of, 'kustomize.toolkit.fluxcd.io/name'),
    isStopped: ({ labels, annotations }) =>
      [labels, annotations].some(
        (texts) =>
          isText(texts['kustomize.toolkit.fluxcd.io/reconcile'], 'disabled') ||
          // Flux makes such an object where there is none, and leaves one that is there as it is.
          isText(texts['kustomize.toolkit.fluxcd.io/ssa'], 'ifnotpresent', 'ignore'),
      ),
    advice: ({ object, context }) =>
      `Let it leave the object alone while weights move:\n  ${kubectl(context, object.namespace)} annotate virtualservice ${shellQuoted(object.name)} kustomize.toolkit.fluxcd.io/reconcile=disabled`,
  },
  {
    name: 'Flux',
    managers: /^helm-controller$/,
    sign: (of) => label(of, 'helm.toolkit.fluxcd.io/name'),
    advice: ({ labels, context }) =>
      `Suspend its HelmRelease while weights move; annotations on the object do not stop it:\n  flux${context === undefined ? '' : ` --context ${shellQuoted(context)}`} --namespace ${shellQuoted(labels['helm.toolkit.fluxcd.io/namespace'] ?? 'NAMESPACE')} suspend helmrelease ${shellQuoted(labels['helm.toolkit.fluxcd.io/name'] ?? 'NAME')}`,
  },
  {
    name: 'Argo Rollouts',
    managers: /^(rollouts-controller|argo-rollouts)/,
    sign: (of) => annotation(of, 'argo-rollouts.argoproj.io/managed-by-rollouts'),
    advice: () =>
      'It sets the weights of its Rollout again whenever it looks at it. Let the Rollout move the weights, and use mode: verify beside it; or take the VirtualService out of its trafficRouting.',
  },
  {
    name: 'Flagger',
    managers: /^flagger/,
    sign: ({ object }) => ownerOf(object, 'flagger.app/'),
    advice: ({ object, context }) =>
      `Suspend its Canary while weights move, or use mode: verify beside it:\n  ${kubectl(context, object.namespace)} patch canary ${shellQuoted(canaryOf(object))} --type merge --patch '{"spec":{"suspend":true}}'`,
  },
  {
    name: 'OpenKruise Rollouts',
    managers: /^(kruise|rollouts\.kruise)/,
    sign: (of) => annotation(of, 'rollouts.kruise.io/'),
    advice: () =>
      'Let the Rollout move the weights, and use mode: verify beside it; or take the VirtualService out of its trafficRoutings.',
  },
  {
    name: 'kapp',
    managers: /^kapp/,
    sign: (of) => label(of, 'kapp.k14s.io/app') ?? annotation(of, 'kapp.k14s.io/identity'),
    advice: () =>
      'Let it keep the weights of the cluster:\n  apiVersion: kapp.k14s.io/v1alpha1\n  kind: Config\n  rebaseRules:\n  - path: [spec, tcp, {allIndexes: true}, route, {allIndexes: true}, weight]\n    type: copy\n    sources: [existing, new]\n    resourceMatchers: [{kindNamespaceNameMatcher: {}}]',
  },
  {
    name: 'kluctl',
    managers: /^kluctl/,
    sign: (of) => label(of, 'kluctl.io/') ?? annotation(of, 'kluctl.io/'),
    advice: () =>
      'In its project, take kluctl.io/force-apply off the object, so that it keeps fields that others manage:\n  metadata:\n    annotations: {kluctl.io/ignore-conflicts-field: spec.tcp}',
  },
  {
    name: 'Rancher Fleet',
    managers: /^fleet-?agent/i,
    sign: (of) => label(of, 'fleet.cattle.io/') ?? annotation(of, 'fleet.cattle.io/'),
    advice: ({ object }) =>
      `Let its bundle ignore the weights, in fleet.yaml:\n  diff:\n    comparePatches:\n    - apiVersion: ${textAt(object.raw, 'apiVersion') ?? ''}\n      kind: ${object.kind}\n      namespace: ${object.namespace}\n      name: ${object.name}\n      jsonPointers: [/spec/tcp]`,
  },
  {
    name: 'k3s',
    managers: /^deploy@/,
    sign: ({ annotations }) =>
      annotations['objectset.rio.cattle.io/owner-gvk']?.startsWith('k3s.cattle.io/')
        ? 'annotation objectset.rio.cattle.io/owner-gvk'
        : undefined,
    advice: () =>
      'It applies the files of /var/lib/rancher/k3s/server/manifests again when they change and at each start. Write the new weights into the file.',
  },
  {
    name: 'Config Sync',
    managers: /^configsync/,
    sign: (of) =>
      annotation(of, 'configsync.gke.io/') ??
      (of.annotations['configmanagement.gke.io/managed'] === 'enabled'
        ? 'annotation configmanagement.gke.io/managed'
        : undefined),
    advice: () =>
      'Let it ignore changes of the object in the cluster, by an annotation in the repository:\n  metadata:\n    annotations: {client.lifecycle.config.k8s.io/mutation: ignore}',
  },
  {
    name: 'Sveltos',
    managers: /^(sveltos|addon-controller)/,
    sign: (of) => label(of, 'projectsveltos.io/') ?? annotation(of, 'projectsveltos.io/'),
    advice: ({ object }) =>
      `Let its profile ignore the weights:\n  spec:\n    driftExclusions:\n    - paths: [/spec/tcp]\n      target: {kind: ${object.kind}, name: ${object.name}, namespace: ${object.namespace}}`,
  },
  {
    name: 'KubeVela',
    managers: /^vela-core/,
    sign: (of) => label(of, 'app.oam.dev/name'),
    advice: ({ object }) =>
      `Let its Application apply the weights once:\n  policies:\n  - name: weights\n    type: apply-once\n    properties:\n      enable: true\n      rules:\n      - selector: {resourceTypes: [${object.kind}]}\n        strategy: {path: [spec.tcp]}`,
  },
  {
    name: 'Crossplane',
    managers: /^(crossplane|provider-kubernetes|apiextensions\.crossplane\.io)/,
    sign: (of) => label(of, 'crossplane.io/') ?? ownerOf(of.object, 'kubernetes.crossplane.io/'),
    advice: ({ context }) =>
      `Pause the Object that holds it while weights move (its NAME: get objects):\n  ${kubectl(context)} annotate objects.kubernetes.crossplane.io NAME crossplane.io/paused=true`,
  },
  {
    name: 'Terraform',
    managers: /^(terraform|opentofu)/i,
    sign: (of) => managedByLabel(of, /^(terraform|opentofu)$/i),
    advice: () =>
      'Its next apply sets the weights of the configuration. Let it take those of the cluster, in the kubernetes_manifest:\n  computed_fields = ["metadata.labels", "metadata.annotations", "spec.tcp"]',
  },
  {
    name: 'Pulumi',
    managers: /^pulumi/i,
    sign: (of) => managedByLabel(of, /^pulumi$/i),
    advice: () =>
      'Its next update sets the weights of the program. Let the resource leave them alone:\n  ignoreChanges: ["spec.tcp"]',
  },
]

/** Helm is behind several of the others too, so it is named only where none of them is. */
export const HELM: Controller = {
  name: 'Helm',
  managers: /^helm$/i,
  sign: (of) => annotation(of, 'meta.helm.sh/release-name'),
  advice: ({ annotations }) => {
    const release = annotations['meta.helm.sh/release-name']
    return `The next helm upgrade${release === undefined ? '' : ` of release ${release}`} may set the weights of the chart. Put the new weights into its values before.`
  },
}

/**
 * What Argo CD tracks an object by: an annotation, where it is this object that it names, since copies
 * have it too; or a label that charts set as well, so it counts only where Argo CD set it.
 */
function trackedByArgo({ object, annotations }: Managed): string | undefined {
  const key = 'argocd.argoproj.io/tracking-id'
  const id = annotations[key]
  const own = `:networking.istio.io/${object.kind}:${object.namespace}/${object.name}`
  if (id?.endsWith(own)) return `annotation ${key}, Application ${id.slice(0, -own.length)}`
  const label = 'app.kubernetes.io/instance'
  const setter = object.managedFields.find(
    ({ manager, fields }) =>
      manager.startsWith('argocd') &&
      at(fields, 'f:metadata', 'f:labels', `f:${label}`) !== undefined,
  )
  return setter && `label ${label}, set by ${setter.manager}`
}

function isText(text: string | undefined, ...values: readonly string[]): boolean {
  return text !== undefined && values.includes(text.toLowerCase())
}

/** A label of that name, or one that begins like it where the name ends with a slash. */
function label({ labels }: Managed, name: string): string | undefined {
  return keyIn(labels, name, 'label')
}

function annotation({ annotations }: Managed, name: string): string | undefined {
  return keyIn(annotations, name, 'annotation')
}

function keyIn(texts: Readonly<Record<string, string>>, name: string, kind: string) {
  const found = Object.keys(texts).find((key) =>
    name.endsWith('/') ? key.startsWith(name) : key === name,
  )
  return found === undefined ? undefined : `${kind} ${found}`
}

function managedByLabel({ labels }: Managed, value: RegExp): string | undefined {
  const found = labels['app.kubernetes.io/managed-by']
  return found !== undefined && value.test(found)
    ? `label app.kubernetes.io/managed-by: ${found}`
    : undefined
}

function ownerOf(object: RouteObject, group: string): string | undefined {
  const owner = ownersOf(object).find(({ apiVersion }) => apiVersion.startsWith(group))
  return owner && `owner ${owner.kind} ${owner.name}`
}

/** Flagger's VirtualService has the name of the Service, which need not be the Canary's. */
function canaryOf(object: RouteObject): string {
  const owner = ownersOf(object).find(({ apiVersion }) => apiVersion.startsWith('flagger.app/'))
  return owner?.name ?? object.name
}

/** The objects that this one belongs to. */
export function ownersOf({ raw }: RouteObject) {
  return objectsAt(raw, 'metadata', 'ownerReferences').map((owner) => ({
    apiVersion: textAt(owner, 'apiVersion') ?? '',
    kind: textAt(owner, 'kind') ?? '',
    name: textAt(owner, 'name') ?? '',
    controls: at(owner, 'controller') === true,
  }))
}

import { textAt } from '../../kube/json.ts'
import { clusterFlags, kubectl } from '../../kube/kubectl.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import { kubectlType } from '../kinds.ts'
import {
  annotation,
  type Controller,
  canaryOf,
  isText,
  label,
  managedByLabel,
  ownerOf,
  trackedByArgo,
} from './controller.ts'

export const CONTROLLERS: readonly Controller[] = [
  {
    name: 'Argo CD',
    managers: /^argocd/,
    sign: (of) => trackedByArgo(of) ?? label(of, 'argocd.argoproj.io/instance'),
    advice: ({ object, group, fields }) =>
      `Let its Application ignore the weights:\n  spec:\n    ignoreDifferences:\n    - group: ${group}\n      kind: ${object.kind}\n      name: ${object.name}\n      jqPathExpressions: [".spec.${fields.rules}[].${fields.destinations}[].${fields.weight}"]\n    syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}`,
  },
  {
    name: 'Flux',
    managers: /^kustomize-controller$/,
    sign: (of) => label(of, 'kustomize.toolkit.fluxcd.io/name'),
    isStopped: ({ labels, annotations }) =>
      [labels, annotations].some(
        (texts) =>
          isText(texts['kustomize.toolkit.fluxcd.io/reconcile'], 'disabled') ||
          // With these values Flux creates a missing object, and does not change an existing one.
          isText(texts['kustomize.toolkit.fluxcd.io/ssa'], 'ifnotpresent', 'ignore'),
      ),
    advice: ({ object, cluster }) =>
      `Suspend its reconciliation of the object while weights move:\n  ${kubectl(cluster, object.namespace)} annotate ${kubectlType(object)} ${shellQuoted(object.name)} kustomize.toolkit.fluxcd.io/reconcile=disabled`,
  },
  {
    name: 'Flux',
    managers: /^helm-controller$/,
    sign: (of) => label(of, 'helm.toolkit.fluxcd.io/name'),
    advice: ({ labels, cluster }) =>
      `Suspend its HelmRelease while weights move. Annotations on the object do not stop it:\n  flux${clusterFlags(cluster)} --namespace ${shellQuoted(labels['helm.toolkit.fluxcd.io/namespace'] ?? 'NAMESPACE')} suspend helmrelease ${shellQuoted(labels['helm.toolkit.fluxcd.io/name'] ?? 'NAME')}`,
  },
  {
    name: 'Argo Rollouts',
    managers: /^(rollouts-controller|argo-rollouts)/,
    // The last two are those of its plugin for the Gateway API, while a canary is in progress.
    sign: (of) =>
      annotation(of, 'argo-rollouts.argoproj.io/managed-by-rollouts') ??
      label(of, 'rollouts.argoproj.io/gatewayapi-canary') ??
      annotation(of, 'rollouts.argoproj.io/gatewayapi-active-rollouts'),
    advice: ({ object }) =>
      `It sets the weights of its Rollout again at each reconciliation. Let the Rollout move the weights and use mode: verify, or remove the ${object.kind} from its trafficRouting.`,
  },
  {
    name: 'Flagger',
    managers: /^flagger/,
    sign: ({ object }) => ownerOf(object, 'flagger.app/'),
    advice: ({ object, cluster }) =>
      `Suspend its Canary while weights move, or let it move the weights and use mode: verify:\n  ${kubectl(cluster, object.namespace)} patch canary ${shellQuoted(canaryOf(object))} --type merge --patch '{"spec":{"suspend":true}}'`,
  },
  {
    name: 'OpenKruise Rollouts',
    managers: /^(kruise|rollouts\.kruise)/,
    sign: (of) => annotation(of, 'rollouts.kruise.io/'),
    advice: ({ object }) =>
      `Let the Rollout move the weights and use mode: verify, or remove the ${object.kind} from its trafficRoutings.`,
  },
  {
    name: 'kapp',
    managers: /^kapp/,
    sign: (of) => label(of, 'kapp.k14s.io/app') ?? annotation(of, 'kapp.k14s.io/identity'),
    advice: ({ fields }) =>
      `Let it keep the weights of the cluster:\n  apiVersion: kapp.k14s.io/v1alpha1\n  kind: Config\n  rebaseRules:\n  - path: [spec, ${fields.rules}, {allIndexes: true}, ${fields.destinations}, {allIndexes: true}, ${fields.weight}]\n    type: copy\n    sources: [existing, new]\n    resourceMatchers: [{kindNamespaceNameMatcher: {}}]`,
  },
  {
    name: 'kluctl',
    managers: /^kluctl/,
    sign: (of) => label(of, 'kluctl.io/') ?? annotation(of, 'kluctl.io/'),
    advice: ({ fields }) =>
      `In its project, remove kluctl.io/force-apply from the object, and let it keep fields that other clients manage:\n  metadata:\n    annotations: {kluctl.io/ignore-conflicts-field: spec.${fields.rules}}`,
  },
  {
    name: 'Rancher Fleet',
    managers: /^fleet-?agent/i,
    sign: (of) => label(of, 'fleet.cattle.io/') ?? annotation(of, 'fleet.cattle.io/'),
    advice: ({ object, fields }) =>
      `Let its bundle ignore the weights, in fleet.yaml:\n  diff:\n    comparePatches:\n    - apiVersion: ${textAt(object.raw, 'apiVersion') ?? ''}\n      kind: ${object.kind}\n      namespace: ${object.namespace}\n      name: ${object.name}\n      jsonPointers: [/spec/${fields.rules}]`,
  },
  {
    name: 'k3s',
    managers: /^deploy@/,
    sign: ({ annotations }) =>
      annotations['objectset.rio.cattle.io/owner-gvk']?.startsWith('k3s.cattle.io/')
        ? 'annotation objectset.rio.cattle.io/owner-gvk'
        : undefined,
    advice: () =>
      'It applies the files in /var/lib/rancher/k3s/server/manifests again when they change and at each start. Write the new weights into the file.',
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
    advice: ({ object, fields }) =>
      `Let its profile ignore the weights:\n  spec:\n    driftExclusions:\n    - paths: [/spec/${fields.rules}]\n      target: {kind: ${object.kind}, name: ${object.name}, namespace: ${object.namespace}}`,
  },
  {
    name: 'KubeVela',
    managers: /^vela-core/,
    sign: (of) => label(of, 'app.oam.dev/name'),
    advice: ({ object, fields }) =>
      `Let its Application apply the weights once:\n  policies:\n  - name: weights\n    type: apply-once\n    properties:\n      enable: true\n      rules:\n      - selector: {resourceTypes: [${object.kind}]}\n        strategy: {path: [spec.${fields.rules}]}`,
  },
  {
    name: 'Crossplane',
    managers: /^(crossplane|provider-kubernetes|apiextensions\.crossplane\.io)/,
    sign: (of) => label(of, 'crossplane.io/') ?? ownerOf(of.object, 'kubernetes.crossplane.io/'),
    advice: ({ cluster }) =>
      `Pause the Object that holds it while weights move (kubectl get objects shows its NAME):\n  ${kubectl(cluster)} annotate objects.kubernetes.crossplane.io NAME crossplane.io/paused=true`,
  },
  {
    name: 'Terraform',
    managers: /^(terraform|opentofu)/i,
    sign: (of) => managedByLabel(of, /^(terraform|opentofu)$/i),
    advice: ({ fields }) =>
      `Its next apply sets the weights of the configuration. Let it keep those of the cluster, in the kubernetes_manifest:\n  computed_fields = ["metadata.labels", "metadata.annotations", "spec.${fields.rules}"]`,
  },
  {
    name: 'Pulumi',
    managers: /^pulumi/i,
    sign: (of) => managedByLabel(of, /^pulumi$/i),
    advice: ({ fields }) =>
      `Its next update sets the weights of the program. Let the resource leave them alone:\n  ignoreChanges: ["spec.${fields.rules}"]`,
  },
]

/** Other controllers use Helm too, so Helm is named only where none of them is recognized. */
export const HELM: Controller = {
  name: 'Helm',
  managers: /^helm$/i,
  sign: (of) => annotation(of, 'meta.helm.sh/release-name'),
  advice: ({ annotations }) => {
    const release = annotations['meta.helm.sh/release-name']
    return `The next helm upgrade${release === undefined ? '' : ` of release ${release}`} may set the weights of the chart. Write the new weights into its values first.`
  },
}

import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { findControllers } from '../../../src/routes/controllers/find-controllers.ts'
import { tcpRules } from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { only, route, tcp, virtualService } from '../support/objects.ts'

function managedBy(...managedFields: JsonObject[]) {
  return virtualService([tcp([route('v1')])], { metadata: { managedFields } })
}

function spec(manager: string, time?: string): JsonObject {
  return {
    manager,
    fieldsV1: { 'f:spec': { 'f:tcp': {} } },
    ...(time === undefined ? {} : { time }),
  }
}

/** The same object with labels, annotations and owners, and no field managers. */
function having(metadata: JsonObject) {
  return virtualService([tcp([route('v1')])], { metadata })
}

function controllersOf(object: RouteObject, context: string | undefined) {
  return findControllers(object, only(tcpRules(object)), { context })
}

describe('A controller that manages the object', () => {
  test.each([
    { labels: { 'rollouts.argoproj.io/gatewayapi-canary': 'in-progress' } },
    { annotations: { 'rollouts.argoproj.io/gatewayapi-active-rollouts': 'web' } },
  ])('is Argo Rollouts with its plugin for the Gateway API, by %j', (metadata) => {
    const [finding] = controllersOf(having(metadata), 'prod')
    expect(finding?.what).toMatch(/^Argo Rollouts \((label|annotation) rollouts\.argoproj\.io/)
  })

  test.each([
    ['annotations', 'reconcile', 'disabled', 0],
    ['labels', 'reconcile', 'Disabled', 0],
    ['annotations', 'ssa', 'IfNotPresent', 0],
    ['annotations', 'ssa', 'Merge', 1],
    ['annotations', 'reconcile', 'enabled', 1],
  ])('is Flux, and with %s %s: %s there are %d warnings', (where, key, value, warnings) => {
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps' }
    const told = { [`kustomize.toolkit.fluxcd.io/${key}`]: value }
    const metadata =
      where === 'labels' ? { labels: { ...labels, ...told } } : { labels, annotations: told }
    expect(controllersOf(having(metadata), 'prod')).toHaveLength(warnings)
  })

  test.each([
    [
      'argocd-controller',
      'Argo CD',
      /ignoreDifferences:\n.+\n.+\n {6}name: tcp-echo\n.*RespectIgnore/s,
    ],
    ['argocd-application-controller', 'Argo CD', /ignoreDifferences/],
    [
      'kustomize-controller',
      'Flux',
      /\n {2}kubectl --context 'prod' --namespace 'demo' annotate .*kustomize.toolkit.fluxcd.io\/reconcile=disabled$/,
    ],
    [
      'helm-controller',
      'Flux',
      /\n {2}flux --context 'prod' --namespace 'NAMESPACE' suspend helmrelease 'NAME'$/,
    ],
    ['rollouts-controller', 'Argo Rollouts', /mode: verify/],
    ['flagger', 'Flagger', /patch canary 'tcp-echo' .*"suspend":true/],
    ['helm', 'Helm', /next helm upgrade may set/],
    ['kapp-controller', 'kapp', /rebaseRules:\n {2}- path: \[spec, tcp,/],
    ['kluctl', 'kluctl', /kluctl.io\/ignore-conflicts-field: spec.tcp/],
    ['fleet-agent', 'Rancher Fleet', /comparePatches/],
    ['fleetagent', 'Rancher Fleet', /jsonPointers: \[\/spec\/tcp\]/],
    ['deploy@node-0', 'k3s', /manifests/],
    ['configsync', 'Config Sync', /client.lifecycle.config.k8s.io\/mutation: ignore/],
    ['crossplane-kubernetes-provider', 'Crossplane', /crossplane.io\/paused=true/],
    ['vela-core', 'KubeVela', /apply-once/],
    ['Terraform', 'Terraform', /computed_fields/],
    ['pulumi-kubernetes-1a2b', 'Pulumi', /ignoreChanges/],
  ])('%s is a warning with what makes it leave the weights alone', (manager, name, remedy) => {
    const [finding, second] = controllersOf(managedBy(spec(manager)), 'prod')
    expect(second).toBeUndefined()
    expect(finding).toMatchObject({
      severity: 'warning',
      what: `${name} (field manager ${manager}) manages tcp-echo and may restore its own weights.`,
    })
    expect(finding?.remedy).toMatch(remedy)
  })

  test.each<[string, JsonObject]>([
    [
      'Argo CD (annotation argocd.argoproj.io/tracking-id, Application shop)',
      {
        annotations: {
          'argocd.argoproj.io/tracking-id': 'shop:networking.istio.io/VirtualService:demo/tcp-echo',
        },
      },
    ],
    [
      'Argo CD (label argocd.argoproj.io/instance)',
      { labels: { 'argocd.argoproj.io/instance': 'shop' } },
    ],
    [
      'Flux (label kustomize.toolkit.fluxcd.io/name)',
      {
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'apps',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
        },
      },
    ],
    [
      'Flagger (owner Canary shop)',
      {
        ownerReferences: [
          { apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'shop', controller: true },
        ],
      },
    ],
    [
      'OpenKruise Rollouts (annotation rollouts.kruise.io/original-spec-configuration)',
      { annotations: { 'rollouts.kruise.io/original-spec-configuration': '{}' } },
    ],
    [
      'kapp (label kapp.k14s.io/app)',
      { labels: { 'kapp.k14s.io/app': '1' }, annotations: { 'kapp.k14s.io/identity': 'v1' } },
    ],
    ['kluctl (label kluctl.io/discriminator)', { labels: { 'kluctl.io/discriminator': 'x' } }],
    [
      'Config Sync (annotation configmanagement.gke.io/managed)',
      { annotations: { 'configmanagement.gke.io/managed': 'enabled' } },
    ],
    [
      'Sveltos (label projectsveltos.io/reference-kind)',
      { labels: { 'projectsveltos.io/reference-kind': 'ConfigMap' } },
    ],
    [
      'Terraform (label app.kubernetes.io/managed-by: terraform)',
      { labels: { 'app.kubernetes.io/managed-by': 'terraform' } },
    ],
    [
      'k3s (annotation objectset.rio.cattle.io/owner-gvk)',
      { annotations: { 'objectset.rio.cattle.io/owner-gvk': 'k3s.cattle.io/v1, Kind=Addon' } },
    ],
    [
      'Helm (annotation meta.helm.sh/release-name)',
      {
        annotations: { 'meta.helm.sh/release-name': 'shop' },
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      },
    ],
  ])(
    'is recognized by what it leaves on the object, whichever client wrote last: %s',
    (name, metadata) => {
      expect(controllersOf(having(metadata), 'prod').map(({ what }) => what)).toEqual([
        `${name} manages tcp-echo and may restore its own weights.`,
      ])
    },
  )

  test('is named in the command that stops it, as far as the object says', () => {
    const labels = {
      'helm.toolkit.fluxcd.io/name': 'shop',
      'helm.toolkit.fluxcd.io/namespace': 'apps',
    }
    const annotations = { 'meta.helm.sh/release-name': 'shop' }
    const found = controllersOf(having({ labels, annotations }), undefined)
    expect(found.map(({ remedy }) => remedy)).toEqual([
      "Suspend its HelmRelease while weights move. Annotations on the object do not stop it:\n  flux --namespace 'apps' suspend helmrelease 'shop'",
    ])
  })

  test.each<[string, JsonObject]>([
    [
      "another object's tracking-id",
      {
        annotations: {
          'argocd.argoproj.io/tracking-id': 'shop:networking.istio.io/VirtualService:demo/other',
        },
      },
    ],
    [
      'a label that charts set too',
      { labels: { 'app.kubernetes.io/instance': 'shop', 'app.kubernetes.io/managed-by': 'Helm' } },
    ],
    [
      'an owner that does not control it',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'Thing', name: 'x' }] },
    ],
  ])('is not recognized by %s', (_, metadata) => {
    expect(controllersOf(having(metadata), 'prod')).toEqual([])
  })

  test('that is not in the table is recognized where it owns the object', () => {
    const owner = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Route',
      name: 'shop',
      controller: true,
    }
    expect(controllersOf(having({ ownerReferences: [owner] }), 'prod')).toMatchObject([
      {
        severity: 'warning',
        what: 'Route shop (serving.knative.dev/v1) owns tcp-echo, and its controller may restore its own weights.',
      },
    ])
  })

  test('is reported once, however many managedFields it has', () => {
    expect(controllersOf(managedBy(spec('argocd'), spec('argocd')), 'prod')).toHaveLength(1)
  })

  test.each(['kubectl', 'kubectl-client-side-apply', 'istio-traffic-shift', 'my-argocd', ''])(
    'is not the field manager %j',
    (manager) => {
      expect(controllersOf(managedBy(spec(manager)), 'prod')).toEqual([])
    },
  )

  test('counts as field manager only where it manages the spec', () => {
    const labels = { manager: 'argocd', fieldsV1: { 'f:metadata': { 'f:labels': {} } } }
    expect(controllersOf(managedBy(labels, { manager: 'argocd' }), 'prod')).toEqual([])
  })

  test('counts by the label that it tracks with only where it set that label', () => {
    const key = 'app.kubernetes.io/instance'
    const tracked = (manager: string) =>
      having({
        labels: { [key]: 'shop' },
        managedFields: [
          { manager, fieldsV1: { 'f:metadata': { 'f:labels': { [`f:${key}`]: {} } } } },
        ],
      })
    expect(controllersOf(tracked('argocd-controller'), 'prod')).toMatchObject([
      {
        what: 'Argo CD (label app.kubernetes.io/instance, set by argocd-controller) manages tcp-echo and may restore its own weights.',
      },
    ])
    expect(controllersOf(tracked('kubectl'), 'prod')).toEqual([])
  })
})

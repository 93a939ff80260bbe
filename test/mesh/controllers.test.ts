import { describe, expect, test } from 'vitest'
import { findControllers, lastSpecManager, specChangedAtMs } from '../../src/mesh/controllers.ts'
import type { JsonObject } from '../../src/mesh/json.ts'
import { route, tcp, virtualService } from './support/objects.ts'

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

describe('a controller that manages the object', () => {
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
      /kubectl --context 'prod' --namespace 'demo' annotate virtualservice 'tcp-echo' /,
    ],
    [
      'helm-controller',
      'Flux',
      /\n {2}kubectl --context 'prod' --namespace 'demo' annotate .*reconcile=disabled/,
    ],
    ['configsync', 'a controller', /leave the weights/],
    ['fleet-agent', 'a controller', /leave the weights/],
    ['Terraform', 'a controller', /leave the weights/],
  ])('%s is a warning with what makes it leave the weights alone', (manager, name, mend) => {
    const [finding, second] = findControllers(managedBy(spec(manager)), 'prod')
    expect(second).toBeUndefined()
    expect(finding).toMatchObject({
      kind: 'warning',
      what: `${name} (field manager ${manager}) manages tcp-echo and may put its own weights back`,
    })
    expect(finding?.mend).toMatch(mend)
  })

  test('is said once, however many entries it has', () => {
    expect(findControllers(managedBy(spec('argocd'), spec('argocd')), 'prod')).toHaveLength(1)
  })

  test.each([
    'kubectl',
    'kubectl-client-side-apply',
    'helm',
    'istio-traffic-shift',
    'my-argocd',
    '',
  ])('%j is none', (manager) => {
    expect(findControllers(managedBy(spec(manager)), 'prod')).toEqual([])
  })

  test('counts only where it manages the spec', () => {
    const labels = { manager: 'argocd', fieldsV1: { 'f:metadata': { 'f:labels': {} } } }
    expect(findControllers(managedBy(labels, { manager: 'argocd' }), 'prod')).toEqual([])
  })
})

describe('the last change of the spec', () => {
  const first = '2026-03-01T10:00:00Z'
  const second = '2026-03-01T11:00:00Z'
  const third = '2026-03-01T12:00:00Z'

  test('is the latest that managedFields date, with who else made one', () => {
    const object = managedBy(
      spec('kubectl', first),
      spec('istio-traffic-shift', second),
      { manager: 'labeler', time: third, fieldsV1: { 'f:metadata': {} } },
      spec('timeless'),
    )
    expect(specChangedAtMs(object)).toBe(Date.parse(second))
    expect(lastSpecManager(object)).toBe('kubectl')
  })

  test('is not known where they do not say', () => {
    expect(specChangedAtMs(managedBy())).toBeUndefined()
    expect(specChangedAtMs(managedBy(spec('kubectl')))).toBeUndefined()
    expect(lastSpecManager(managedBy())).toBeUndefined()
  })
})

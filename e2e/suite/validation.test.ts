import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { dig, type Json, listAt, objectAt, textAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { deadIstiod } from '../faults/stopped.ts'
import { pathOf } from '../objects/api.ts'
import { virtualService } from '../objects/tutorial.ts'
import { istiodWebhook } from '../objects/webhook.ts'
import { within } from '../processes/within.ts'
import { runJob } from './support/job.ts'
import { api, journalsOn, readRoute, routeIs, versionOf, withSpec } from './support/route.ts'

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

/** The API server's answer to a dry run of these weights. */
async function refusalOf(weights: readonly number[]): Promise<string | undefined> {
  const operations = weights.map((value, index) => ({
    op: 'replace',
    path: `/spec/tcp/0/route/${index}/weight`,
    value,
  }))
  const path = `${pathOf(virtualService())}?dryRun=All`
  const { status, body } = await api.call('PATCH', path, operations, 'application/json-patch+json')
  return status < 400 ? undefined : textAt(body, 'message')
}

/**
 * Creates an object for the duration of the test, and resolves with the text with which such a write is refused from
 * then on.
 */
async function refusedBy(objects: readonly KubeObject[], weights: readonly number[]) {
  for (const object of objects) {
    await api.create(object)
    onTestFinished(async () => {
      await api.remove(object)
      await within(20_000, 'writes being let through again', async () => {
        return (await refusalOf(weights)) === undefined
      })
    })
  }
  return within(20_000, 'a refusal', () => refusalOf(weights))
}

/** A shift to 40/60 that must be refused before anything is written, with this text. */
async function isRefused(words: string): Promise<void> {
  const before = await versionOf()
  const { status, outputs, text, summary } = await runJob({ subset: 'v2', weight: '60' })
  expect(status).toBe(1)
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'cluster', 'rolled-back': 'false' })
  expect(text).toContain(words)
  expect(unescaped(summary)).toContain(words)
  expect(await versionOf()).toBe(before)
  expect(await journalsOn()).toEqual([])
}

/** In the summary, texts of others are escaped for Markdown. */
function unescaped(markdown: string): string {
  return markdown.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
}

describe("istiod's webhook", () => {
  test('lets a shift through, from the dry run to the removal of the journal', async () => {
    await refusedBy([istiodWebhook()], [-5, 105])
    const { outputs } = await runJob({ subset: 'v2', weight: '60' })
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
  })

  test('denies an edit of an invalid object, its text reaches the user, and nothing is written', async () => {
    const object = await readRoute()
    const [rule] = listAt(object, 'spec', 'tcp')
    const [destination] = listAt(rule, 'route')
    const invalid = { match: [{ port: 70_000 }], route: [objectAt(destination)] }
    await api.replace(withSpec(object, { tcp: [objectAt(rule), invalid] }))
    const words = await refusedBy([istiodWebhook()], [40, 60])
    expect(words).toMatch(
      /^admission webhook "validation.istio.io" denied the request: configuration is invalid: .*70000/,
    )
    const before = await versionOf()
    const inputs = { route: 'tcp:31400', subset: 'v2', weight: '60' }
    const { status, outputs, text, summary } = await runJob(inputs)
    expect(status).toBe(1)
    expect(outputs).toMatchObject({ verdict: 'error', reason: 'cluster', 'rolled-back': 'false' })
    expect(text).toContain(`The dry run of the write failed. The API server answered 400: ${words}`)
    expect(unescaped(summary)).toContain(words)
    expect(await versionOf()).toBe(before)
    expect(await runJob({ ...inputs, mode: 'plan' })).toMatchObject({ status: 1 })
  })

  test('cannot be reached while istiod is down, so the dry run is repeated a few times and nothing is written', async () => {
    await refusedBy([istiodWebhook()], [-5, 105])
    onTestFinished(await deadIstiod())
    await isRefused('failed calling webhook "validation.istio.io"')
  })
})

describe('the API server itself', () => {
  test("refuses by the CustomResourceDefinition's schema, and its text reaches the user", async () => {
    const definition: KubeObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'virtualservices.networking.istio.io' },
    }
    const before = await api.read(definition)
    await api.replace(withSpec(before, { versions: withMostWeight(before, 50) }))
    onTestFinished(async () => {
      await api.replace(before)
      await within(20_000, 'the schema as it was', async () => {
        return (await refusalOf([40, 60])) === undefined
      })
    })
    const words = await within(20_000, 'a refusal by the schema', () => refusalOf([40, 60]))
    expect(words).toContain('spec.tcp[0].route[1].weight')
    expect(words).toContain('should be less than or equal to 50')
    await isRefused(words)
  })

  test('refuses by a policy, and its text reaches the user', async () => {
    const words = await refusedBy(noMoreThanHalf(), [40, 60])
    expect(words).toContain('no version gets more than half at a time')
    await isRefused(words)
  })
})

/** The versions of a definition with a maximum for the weights of tcp routes. */
function withMostWeight(definition: KubeObject, most: number): Json[] {
  const path = 'spec.tcp.items.route.items.weight'.split('.').flatMap((name) => {
    return name === 'items' ? [name] : ['properties', name]
  })
  const versions = structuredClone(listAt(definition, 'spec', 'versions'))
  for (const version of versions) {
    const weight = objectAt(dig(version, 'schema', 'openAPIV3Schema', ...path))
    weight.maximum = most
  }
  return versions
}

/** A ValidatingAdmissionPolicy as a platform team might use it. */
function noMoreThanHalf(): KubeObject[] {
  const apiVersion = 'admissionregistration.k8s.io/v1'
  const metadata = { name: 'no-more-than-half' }
  const rule = {
    apiGroups: ['networking.istio.io'],
    apiVersions: ['*'],
    operations: ['UPDATE'],
    resources: ['virtualservices'],
  }
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [
          {
            expression: 'object.spec.tcp[0].route[1].weight <= 50',
            message: 'no version gets more than half at a time',
          },
        ],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: metadata.name, validationActions: ['Deny'] },
    },
  ]
}

import { load } from 'js-yaml'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  isObject,
  type JsonObject,
  listAt,
  parseJson,
  textAt,
  textsAt,
} from '../../sandbox/objects/json.ts'
import { readmeRole } from '../objects/readme-role.ts'
import { accountWith, type Grant, give } from '../objects/service-account.ts'
import { API_PORT, GATEWAY } from '../processes/addresses.ts'
import { runJob, step, warnings } from './support/job.ts'
import { api, journalsOn, routeIs, routeText, weightsOn } from './support/route.ts'

/** In addition to the Role: the right to list the gateway's Services, as the README says below it. */
const GATEWAY_SERVICES: Grant = {
  namespace: 'istio-system',
  rules: [
    { apiGroups: [''], resources: ['services'], verbs: ['list'] },
    { apiGroups: ['networking.istio.io'], resources: ['destinationrules'], verbs: ['list'] },
  ],
}
const ENDPOINT = `${GATEWAY.host}:${GATEWAY.port}`
const SHADOWING = expect.stringMatching(/^Whether an older VirtualService/)

let accounts = 0

/** The kubeconfig of a new account with these rights and no others. */
async function account(...grants: Grant[]): Promise<{ name: string; kubeconfig: string }> {
  accounts += 1
  const name = `shifter-${accounts}`
  return { name, kubeconfig: await accountWith(api, API_PORT, name, grants) }
}

/** The README's Role without one verb of one rule. */
function roleWithout(resource: string, verb: string): Grant {
  const { namespace, rules } = readmeRole()
  const kept = rules.flatMap((rule): JsonObject[] => {
    if (!textsAt(rule, 'resources').includes(resource)) return [rule]
    const verbs = textsAt(rule, 'verbs').filter((known) => known !== verb)
    return verbs.length === 0 ? [] : [{ ...rule, verbs }]
  })
  return { namespace, rules: kept }
}

/** The rule in a message, and where to grant it. */
function ruleIn(text = ''): Grant {
  const [, where = '', rule = ''] =
    /Grant it in (a ClusterRole|a Role in namespace \S+):\n\s+- (.+)/.exec(text) ?? []
  const parsed = parseJson(JSON.stringify(load(rule)))
  if (!isObject(parsed)) throw new Error(`no rule in: ${text}`)
  return { namespace: /namespace (\S+)$/.exec(where)?.[1], rules: [parsed] }
}

beforeEach(() => routeIs())

describe('with the rights that the README grants', () => {
  test("and the right to list the gateway's Services, the tutorial's job passes", async () => {
    const { kubeconfig } = await account(readmeRole(), GATEWAY_SERVICES)
    const { status, outputs, report } = await runJob({ kubeconfig, subset: 'v2', weight: '20' })
    expect(status).toBe(0)
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":80,"v2":20}' })
    expect(warnings(report)).toEqual([SHADOWING])
    expect(await weightsOn()).toEqual({ v1: 80, v2: 20 })
  })

  test("and an endpoint, the tutorial's job passes too", async () => {
    const { kubeconfig } = await account(readmeRole())
    const { outputs, report } = await runJob({
      kubeconfig,
      endpoint: ENDPOINT,
      subset: 'v2',
      weight: '20',
    })
    expect(outputs).toMatchObject({ verdict: 'pass' })
    expect(warnings(report)).toEqual([SHADOWING])
  })
})

/** The rights in the README's Role that a run must have, and the error if one is missing. */
const NEEDED: readonly [resource: string, verb: string, says: RegExp][] = [
  ['virtualservices', 'get', /cannot get resource "virtualservices"/],
  ['virtualservices', 'patch', /cannot patch resource "virtualservices"/],
  ['gateways', 'get', /reading Gateway demo\/tcp-echo-gateway is not allowed/],
]

/** The rights for further checks, and the warning if one is missing. */
const HELPFUL: readonly [resource: string, verb: string, says: RegExp][] = [
  ['destinationrules', 'list', /^Not checked: whether a DestinationRule defines the subsets/],
  [
    'services',
    'get',
    /^The ready endpoints of v[12] were not checked, because reading Service demo\/tcp-echo/,
  ],
  [
    'pods',
    'list',
    /^The ready endpoints of v[12] were not checked, because listing pods in namespace demo/,
  ],
]

/** The right that only `kubernetes-events: true` asks for. */
const EVENTS: readonly [resource: string, verb: string] = ['events', 'create']

test("the README's Role has exactly the rights that are removed below", () => {
  const granted = readmeRole().rules.flatMap((rule) =>
    textsAt(rule, 'resources').flatMap((resource) =>
      textsAt(rule, 'verbs').map((verb) => `${verb} ${resource}`),
    ),
  )
  const taken = [...NEEDED, ...HELPFUL, EVENTS].map(([resource, verb]) => `${verb} ${resource}`)
  expect(granted.sort()).toEqual(taken.sort())
})

describe('without one of them', () => {
  test.each(NEEDED)(
    'nothing is written without the right on %s to %s, and the message prints the rule that grants it',
    async (resource, verb, says) => {
      const before = await routeText()
      const { name, kubeconfig } = await account(roleWithout(resource, verb), GATEWAY_SERVICES)
      const inputs = { kubeconfig, mode: 'plan', subset: 'v2', weight: '20' }
      const refused = await runJob({ ...inputs, mode: 'shift' })
      expect(refused.status).toBe(1)
      expect(refused.outputs).toMatchObject({ verdict: 'error', reason: 'access' })
      expect(refused.text).toMatch(says)
      expect(await routeText()).toBe(before)

      await give(api, name, `${name}-granted`, ruleIn(textAt(refused.report, 'remedy')))
      expect(await runJob(inputs)).toMatchObject({ status: 0, outputs: { verdict: 'planned' } })
    },
  )

  test("nothing is written if the gateway's Services may not be listed, and the message has the rule that grants it", async () => {
    const { name, kubeconfig } = await account(readmeRole())
    const inputs = { kubeconfig, mode: 'plan', subset: 'v2', weight: '20' }
    const refused = await runJob(inputs)
    expect(refused.outputs).toMatchObject({ verdict: 'error', reason: 'access' })
    expect(refused.text).toContain('The address of the gateway cannot be found')
    await give(api, name, `${name}-granted`, ruleIn(textAt(refused.report, 'remedy')))
    expect(await runJob(inputs)).toMatchObject({ status: 0, outputs: { verdict: 'planned' } })
  })

  test.each(HELPFUL)(
    'a warning says what was not checked without the right on %s to %s, and prints the rule that ends it',
    async (resource, verb, says) => {
      const { name, kubeconfig } = await account(roleWithout(resource, verb), GATEWAY_SERVICES)
      const inputs = { kubeconfig, mode: 'plan', subset: 'v2', weight: '20' }
      const warned = await runJob(inputs)
      expect(warned.outputs.verdict).toBe('planned')
      expect(warnings(warned.report)).toContainEqual(expect.stringMatching(says))

      const mine = listAt(warned.report, 'warnings').find((warning) =>
        says.test(textAt(warning, 'what') ?? ''),
      )
      await give(api, name, `${name}-granted`, ruleIn(textAt(mine, 'remedy')))
      expect(warnings((await runJob(inputs)).report)).toEqual([SHADOWING])
    },
  )

  test('a shift passes without the right to create Events, and kubernetes-events: true prints the rule that grants it', async () => {
    const { name, kubeconfig } = await account(roleWithout(...EVENTS), GATEWAY_SERVICES)
    const inputs = { kubeconfig, subset: 'v2', weight: '20' }
    const silent = await runJob(inputs)
    expect(silent.outputs.verdict).toBe('pass')
    expect(warnings(silent.report)).toEqual([SHADOWING])
    await routeIs()
    const warned = await runJob({ ...inputs, 'kubernetes-events': 'true' })
    expect(warned.outputs.verdict).toBe('pass')
    const mine = listAt(warned.report, 'warnings').find((warning) =>
      /^A Kubernetes Event on VirtualService/.test(textAt(warning, 'what') ?? ''),
    )
    await give(api, name, `${name}-granted`, ruleIn(textAt(mine, 'remedy')))
    await routeIs()
    const granted = await runJob({ ...inputs, 'kubernetes-events': 'true' })
    expect(warnings(granted.report)).toEqual([SHADOWING])
  })

  test('the rule in the last warning ends that warning too', async () => {
    const { name, kubeconfig } = await account(readmeRole(), GATEWAY_SERVICES)
    const inputs = { kubeconfig, mode: 'plan', subset: 'v2', weight: '20' }
    const { report } = await runJob(inputs)
    await give(api, name, `${name}-granted`, ruleIn(textAt(report, 'warnings', 0, 'remedy')))
    expect(warnings((await runJob(inputs)).report)).toEqual([])
  })
})

describe('with only get and patch of the one VirtualService', () => {
  const least = (): Grant => {
    const { namespace, rules } = readmeRole()
    return {
      namespace,
      rules: rules.filter((rule) => textsAt(rule, 'resources').includes('virtualservices')),
    }
  }

  test('a run with an endpoint passes', async () => {
    const { kubeconfig } = await account(least())
    const { outputs } = await runJob({
      kubeconfig,
      endpoint: ENDPOINT,
      subset: 'v2',
      weight: '20',
    })
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":80,"v2":20}' })
  })

  test('post restores what a killed run left', async () => {
    const before = await routeText()
    const { kubeconfig } = await account(least())
    const killed = step({ kubeconfig, endpoint: ENDPOINT, subset: 'v2', weight: '20', rate: '5' })
    const main = killed.main()
    await main.line(/Written at/)
    main.process.kill('SIGKILL')
    await main.ended
    expect(await killed.post().ended).toMatchObject({ status: 0 })
    expect(await routeText()).toBe(before)
    expect(await journalsOn()).toEqual([])
  })

  test('the token of a deleted account is refused, and the message says what to renew', async () => {
    const { name, kubeconfig } = await account(least())
    await api.remove({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'demo' },
    })
    const { outputs, text } = await runJob({
      kubeconfig,
      endpoint: ENDPOINT,
      subset: 'v2',
      weight: '20',
    })
    expect(outputs).toMatchObject({ verdict: 'error', reason: 'access' })
    expect(text).toContain('Renew the credentials in kubeconfig')
  })
})

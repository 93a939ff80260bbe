import { describe, expect, test } from 'vitest'
import {
  type GivenInputs,
  optionsOf,
  TUTORIAL,
  WITHOUT_WEIGHT,
  wrongWith,
} from '../../kit/options/reading.ts'
import { readOptions } from '../../src/options/read-options.ts'
import { OPTIONS, type Option } from '../../src/options/table.ts'

test('a shift with the required inputs only has the default of every other option', () => {
  expect(optionsOf()).toEqual({
    mode: 'shift',
    namespace: 'demo',
    object: { kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo' },
    route: { kind: 'any' },
    wanted: { kind: 'weight', subset: 'v2', percent: 20 },
    steps: [],
    stepIntervalMs: 0,
    expect: [
      { destination: 'v1', pattern: /^one/ },
      { destination: 'v2', pattern: /^two/ },
    ],
    probe: {
      kind: undefined,
      commandLine: '',
      payload: new TextEncoder().encode('hello\n'),
      replyUntil: 'newline',
      method: 'GET',
      path: undefined,
      host: undefined,
      headers: [],
      version: '1.1',
      tls: 'auto',
      pem: {},
      insecure: false,
      given: [],
    },
    endpoint: undefined,
    gatewayService: undefined,
    connections: 'auto',
    evidence: 'replies',
    traffic: 'own',
    tolerancePoints: undefined,
    stamp: false,
    errors: undefined,
    compare: true,
    metrics: [],
    prometheus: undefined,
    maxErrors: undefined,
    maxLatency: undefined,
    healthSpanMs: 0,
    confidencePercent: 99,
    concurrency: 16,
    connect: 'direct',
    job: { pods: 1, image: 'node:24-alpine', namespace: undefined, template: {} },
    ratePerSecond: undefined,
    probeTimeoutMs: 5000,
    propagationTimeoutMs: 15_000,
    proxies: 'auto',
    timeoutMs: 300_000,
    drainTimeoutMs: undefined,
    onFailure: 'rollback',
    cluster: { kubeconfig: { kind: 'auto' }, context: undefined },
    gatewayCluster: { kubeconfig: { kind: 'auto' }, context: undefined },
    report: undefined,
    junit: undefined,
    comment: false,
    githubToken: undefined,
    kubernetesEvents: 'auto',
  })
})

test('an option that is left out has the default of the table', () => {
  const options: readonly Option[] = OPTIONS
  const defaults = Object.fromEntries(options.map((option) => [option.name, option.default]))
  expect(optionsOf({ ...defaults, ...TUTORIAL })).toEqual(optionsOf())
})

test('an empty or blank text means not given, except for payload and the kubeconfigs', () => {
  const options: readonly Option[] = OPTIONS
  const blank = (text: string) =>
    Object.fromEntries(options.filter((o) => !o.emptyCounts).map((o) => [o.name, text]))
  expect(optionsOf({ ...blank(''), ...TUTORIAL })).toEqual(optionsOf())
  expect(optionsOf({ ...blank(' \n'), ...TUTORIAL })).toEqual(optionsOf())
})

test('blanks around a text are ignored', () => {
  expect(optionsOf({ namespace: ' demo\n', weight: ' 20 ', timeout: '\t5m ' })).toEqual(optionsOf())
})

test('a mode that does not exist decides nothing about the other inputs', () => {
  expect(wrongWith({ mode: 'foo', subset: undefined, expect: undefined })).toEqual([
    'mode must be shift, verify, plan, rollback or status, not "foo".',
  ])
  expect(wrongWith({ mode: 'foo', namespace: undefined })).toHaveLength(2)
})

test.each([
  [{ endpoint: 'a:1', 'gateway-service': 'a/b' }, 'gateway-service', 'endpoint'],
  [{ endpoint: 'a:1', connect: 'port-forward' }, 'endpoint', 'connect: port-forward'],
  [{ probe: 'tcp', connect: 'api-proxy' }, 'probe: tcp', 'connect: api-proxy'],
  [
    { probe: 'http', 'probe-http': '2', connect: 'api-proxy' },
    'probe-http: 2',
    'connect: api-proxy',
  ],
  [{ 'probe-tls': 'true', connect: 'api-proxy' }, 'probe-tls: true', 'connect: api-proxy'],
  [
    { 'probe-headers': '{authorization: Basic eA==}', connect: 'api-proxy' },
    'The header authorization',
    'connect: api-proxy',
  ],
  [{ manifest: 'a.yaml', 'step-interval': '1m', steps: '5' }, 'step-interval', 'manifest'],
  [{ manifest: 'a.yaml', 'on-failure': 'keep' }, 'on-failure', 'manifest'],
  [{ mode: 'verify', manifest: 'a.yaml' }, 'weight', 'manifest'],
  [
    { mode: 'verify', manifest: 'a.yaml', ...WITHOUT_WEIGHT, weights: '{v1: 50, v2: 50}' },
    'weights',
    'manifest',
  ],
])('an input that another one leaves without a meaning is refused: %j', (inputs, one, other) => {
  expect(wrongWith(inputs)).toEqual([
    expect.stringContaining(`${one} cannot be combined with ${other}. `),
  ])
})

test.each([
  { mode: 'verify', manifest: 'a.yaml', ...WITHOUT_WEIGHT, weights: 'current' },
  { mode: 'plan', manifest: 'a.yaml', steps: '5', 'step-interval': '1m' },
  { manifest: 'a.yaml', 'on-failure': 'rollback', 'step-interval': '0s' },
])('an input that has a meaning, or its default, is accepted: %j', (inputs) => {
  expect(wrongWith(inputs)).toEqual([])
})

test('every problem is reported at once, and names its input', () => {
  const wrong = wrongWith({
    mode: 'shove',
    namespace: 'De mo',
    'virtual-service': undefined,
    route: 'udp',
    subset: undefined,
    weight: 'eighty',
    steps: '5, x',
    'step-interval': 'soon',
    expect: '{v1: "("}',
    probe: 'icmp',
    payload: '\\q',
    'reply-until': 'never',
    endpoint: 'gateway',
    'gateway-service': 'gateway',
    connections: '0',
    tolerance: '0',
    confidence: '49',
    concurrency: '257',
    rate: '0',
    'probe-timeout': '0s',
    'propagation-timeout': '15',
    timeout: 'never',
    'on-failure': 'panic',
    kubeconfig: '',
    'gateway-kubeconfig': ' ',
  })
  expect(wrong.map((line) => /^[^:\s]*/.exec(line)?.[0]).sort()).toEqual(
    [
      'mode',
      'namespace',
      'object',
      'route',
      'weight',
      'steps',
      'step-interval',
      'expect.v1',
      'probe',
      'payload',
      'reply-until',
      'endpoint',
      'gateway-service',
      'connections',
      'tolerance',
      'confidence',
      'concurrency',
      'rate',
      'probe-timeout',
      'propagation-timeout',
      'timeout',
      'on-failure',
      'kubeconfig',
      'gateway-kubeconfig',
    ].sort(),
  )
  for (const line of wrong) expect(line).toMatch(/^[a-z.0-9-]+(?:: | must be | is |, ).*[.?]$/)
})

describe('mode', () => {
  test.each(['rollback', 'status'])(
    'can be %s with the object only, and with the defaults that the runner passes',
    (mode) => {
      const { namespace, 'virtual-service': object } = TUTORIAL
      const given: GivenInputs = {
        mode,
        namespace,
        'virtual-service': object,
        payload: 'hello\\n',
        confidence: '99',
      }
      const { options, problems } = readOptions((name) => given[name])
      expect(problems).toEqual([])
      expect(options).toMatchObject({
        mode,
        namespace,
        object: { kind: 'VirtualService', namespace, name: object },
        expect: [],
      })
    },
  )

  test.each(['rollback', 'status'])(
    '%s refuses every input about weights, connections or files, without its value',
    (mode) => {
      const options: readonly Option[] = OPTIONS
      const unsuited = options.filter(({ modes }) => !modes.includes(mode as 'rollback'))
      const given = Object.fromEntries(unsuited.map(({ name }) => [name, 'a value']))
      expect(wrongWith({ ...given, mode })).toEqual(
        unsuited.map(({ name }) => `${name} cannot be combined with mode: ${mode}.`),
      )
      expect(unsuited.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['weight', 'expect', 'manifest', 'on-failure', 'steps']),
      )
    },
  )

  test.each(['shift', 'verify', 'plan'])('can be %s', (mode) => {
    expect(optionsOf({ mode }).mode).toBe(mode)
  })

  test('is refused with the list of modes if it is unknown', () => {
    expect(wrongWith({ mode: 'Shift' })).toEqual([
      'mode must be shift, verify, plan, rollback or status, not "Shift". Did you mean shift?',
    ])
  })
})

describe('numbers', () => {
  test.each([
    ['connections', '1', { connections: 1 }],
    ['connections', '100000', { connections: 100_000 }],
    ['connections', 'auto', { connections: 'auto' }],
    ['tolerance', '0.5', { tolerancePoints: 0.5 }],
    ['tolerance', '0.001', { tolerancePoints: 0.001 }],
    ['tolerance', '100', { tolerancePoints: 100 }],
    ['confidence', '50', { confidencePercent: 50 }],
    ['confidence', '99.999', { confidencePercent: 99.999 }],
    ['concurrency', '1', { concurrency: 1 }],
    ['concurrency', '256', { concurrency: 256 }],
    ['rate', '0.5', { ratePerSecond: 0.5 }],
    ['rate', '2000', { ratePerSecond: 2000 }],
  ])('%s can be %s', (input, text, options) => {
    expect(optionsOf({ [input]: text })).toMatchObject(options)
  })

  test.each([
    ['connections', '0', 'auto or an integer of at least 1'],
    ['connections', '1.5', 'auto or an integer of at least 1'],
    ['connections', 'Auto', 'auto or an integer of at least 1'],
    ['tolerance', '0.0009', 'percentage points from 0.001 to 100'],
    ['tolerance', '0', 'percentage points from 0.001 to 100'],
    ['tolerance', '-1', 'percentage points from 0.001 to 100'],
    ['tolerance', '5%', 'percentage points from 0.001 to 100'],
    ['confidence', '49.9', 'a percent from 50 to 99.999'],
    ['confidence', '100', 'a percent from 50 to 99.999'],
    ['confidence', '0.99', 'a percent from 50 to 99.999'],
    ['concurrency', '0', 'an integer from 1 to 256'],
    ['concurrency', '257', 'an integer from 1 to 256'],
    ['concurrency', '8.5', 'an integer from 1 to 256'],
    ['rate', '0', 'a number of connections per second greater than 0'],
    ['rate', '100/s', 'a number of connections per second greater than 0'],
  ])('%s cannot be %s', (input, text, must) => {
    expect(wrongWith({ [input]: text })).toEqual([`${input} must be ${must}, not "${text}".`])
  })
})

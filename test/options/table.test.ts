import { expect, test } from 'vitest'
import { namesOf, OPTIONS, type Option } from '../../src/options/table.ts'

const options: readonly Option[] = OPTIONS

// The public contract: a name that is missing here breaks workflows.
test('the options have the names and defaults of the public contract', () => {
  expect(Object.fromEntries(options.map((option) => [option.name, option.default]))).toEqual({
    mode: 'shift',
    namespace: undefined,
    object: undefined,
    'virtual-service': undefined,
    route: undefined,
    subset: undefined,
    weight: undefined,
    weights: undefined,
    steps: undefined,
    'step-interval': '0s',
    expect: undefined,
    evidence: 'replies',
    traffic: 'own',
    probe: undefined,
    'probe-command': undefined,
    payload: 'hello\\n',
    'reply-until': 'newline',
    'probe-method': 'GET',
    'probe-path': undefined,
    'probe-host': undefined,
    'probe-headers': undefined,
    'probe-http': '1.1',
    'probe-tls': 'auto',
    'probe-ca': undefined,
    'probe-cert': undefined,
    'probe-key': undefined,
    'probe-insecure': 'false',
    endpoint: undefined,
    'gateway-service': undefined,
    connections: 'auto',
    tolerance: undefined,
    confidence: '99',
    concurrency: '16',
    connect: 'direct',
    'job-pods': '1',
    'job-image': 'node:24-alpine',
    'job-namespace': undefined,
    'job-template': undefined,
    rate: undefined,
    'probe-timeout': '5s',
    compare: 'true',
    'health-span': '60s',
    'propagation-timeout': '15s',
    proxies: 'auto',
    timeout: '5m',
    'drain-timeout': undefined,
    'on-failure': 'rollback',
    kubeconfig: 'auto',
    context: undefined,
    'gateway-kubeconfig': 'auto',
    'gateway-context': undefined,
    manifest: undefined,
    report: undefined,
    junit: undefined,
    comment: 'false',
    'github-token': undefined,
    'kubernetes-events': 'auto',
  })
})

test('destination is another name for subset, and no other option has one', () => {
  const aliases = options.filter(({ alias }) => alias !== undefined)
  expect(aliases.map(({ name, alias }) => [name, alias])).toEqual([['subset', 'destination']])
})

test('every name is unique', () => {
  const names = options.flatMap(namesOf)
  expect(new Set(names).size).toBe(names.length)
})

test('an empty text has a meaning only for payload and the kubeconfigs', () => {
  const counting = options.filter(({ emptyCounts }) => emptyCounts).map(({ name }) => name)
  expect(counting).toEqual(['payload', 'kubeconfig', 'gateway-kubeconfig'])
})

test('every run requires the object, and a run that opens connections requires expect', () => {
  const required = (when: Option['required']) =>
    options.filter((option) => option.required === when).map(({ name }) => name)
  expect(required('always')).toEqual(['namespace'])
  expect(required('probing')).toEqual(['expect'])
})

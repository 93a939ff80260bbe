import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

const JOB = { connect: 'job' }

describe('connect: job', () => {
  test('has one Pod of node:24-alpine, and as many connections as otherwise', () => {
    expect(optionsOf(JOB)).toMatchObject({
      connect: 'job',
      concurrency: 16,
      job: { pods: 1, image: 'node:24-alpine', namespace: undefined, template: {} },
    })
  })

  test('has at least one connection for each Pod', () => {
    expect(optionsOf({ ...JOB, 'job-pods': '64' }).concurrency).toBe(64)
    expect(wrongWith({ ...JOB, 'job-pods': '8', concurrency: '4' })).toEqual([
      'concurrency (4) must be at least job-pods (8), because each Pod has at least one connection open.',
    ])
  })

  test('may have an endpoint, which its Pods connect to', () => {
    expect(wrongWith({ ...JOB, endpoint: 'web.demo.svc:80' })).toEqual([])
  })

  test.each([
    ['job-pods', '0'],
    ['job-pods', '65'],
    ['job-pods', '1.5'],
    ['job-image', 'node 24'],
    ['job-namespace', 'Demo'],
  ])('%s must not be %s', (name, text) => {
    expect(wrongWith({ ...JOB, [name]: text })).toEqual([
      expect.stringMatching(new RegExp(`^${name} must be `)),
    ])
  })

  test.each([
    ['job-pods', '2'],
    ['job-image', 'node:20'],
    ['job-namespace', 'web'],
    ['job-template', '{metadata: {labels: {app: web}}}'],
  ])('%s has a meaning only with it', (name, text) => {
    expect(wrongWith({ [name]: text })).toEqual([
      `${name} is only used with connect: job. Set that, or remove ${name}.`,
    ])
  })
})

describe('job-template', () => {
  const templateOf = (text: string) => optionsOf({ ...JOB, 'job-template': text }).job.template
  const wrong = (text: string) => wrongWith({ ...JOB, 'job-template': text })

  test('has labels, annotations, a spec and one container', () => {
    const text =
      '{metadata: {labels: {app: web}, annotations: {a: b}}, spec: {nodeSelector: {zone: a}, containers: [{resources: {limits: {cpu: "1"}}}]}}'
    expect(templateOf(text)).toEqual({
      labels: { app: 'web' },
      annotations: { a: 'b' },
      spec: { nodeSelector: { zone: 'a' } },
      container: { resources: { limits: { cpu: '1' } } },
    })
  })

  test.each([
    ['[a]', / must be a YAML mapping with metadata, spec or both/],
    ['{', / must be YAML\. It is not valid: /],
    ['{spce: {}}', /: spce is not one of metadata, spec\. Did you mean spec\?$/],
    ['{metadata: {name: x}}', /: metadata\.name is not one of labels, annotations\.$/],
    ['{metadata: {labels: {tier: 1}}}', /tier must be a string\. Put it in quotes\.$/],
    ['{metadata: {labels: {istio-traffic-shift/owner: x}}}', / The run sets it\.$/],
    ['{spec: {restartPolicy: Always}}', /: spec\.restartPolicy must not be set\. /],
    ['{spec: {containers: [{image: x}]}}', /image must not be set\. Use job-image\.$/],
    ['{spec: {containers: [{}, {}]}}', /must have one container, prober\.$/],
    ['{spec: {containers: [{name: web}]}}', /name must be prober\.$/],
  ])('%s is refused', (text, what) => {
    expect(wrong(text)).toEqual([expect.stringMatching(what)])
  })
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { dump } from 'js-yaml'
import { describe, expect, onTestFinished, test } from 'vitest'
import { inputTexts } from '../../../kit/options/texts.ts'
import { readOptionsFile } from '../../../src/commands/config/read-options-file.ts'
import { readOptionsText } from '../../../src/commands/config/read-options-text.ts'

const read = (text: string) => readOptionsText('release.yaml', text)
const wrongWith = (text: string) => inputTexts(read(text).problems)
const textsOf = (text: string) => Object.fromEntries(read(text).texts)

describe('options in YAML', () => {
  test('are the texts that the inputs of the action would have', () => {
    const text = `
namespace: demo
weight: 0.50
steps: [5, 25.5, 50]
errors: [5xx, 429]
compare: false
step-interval: 2m
probe-http: 1.1
expect:
  v1: "^one"
  v2: {status: 2xx, header: {x-version: "2"}}
payload: "a\\\\n "
metrics:
  - name: errors
    query: sum(rate(x[5m]))
    max: 0.01
`
    expect(wrongWith(text)).toEqual([])
    expect(textsOf(text)).toEqual({
      namespace: 'demo',
      weight: '0.50',
      steps: '5,25.5,50',
      errors: '5xx,429',
      compare: 'false',
      'step-interval': '2m',
      'probe-http': '1.1',
      expect: '{"v1":"^one","v2":{"status":"2xx","header":{"x-version":"2"}}}',
      payload: 'a\\n ',
      metrics: '[{"name":"errors","query":"sum(rate(x[5m]))","max":0.01}]',
    })
  })

  test('are refused where a mapping in a value has a key twice, since one of its values would be lost', () => {
    const text = `expect:
  v1: "^one"
  v2: "^two"
  v1: "^uno"
metrics: [{name: a, query: q, name: b}]
`
    expect(wrongWith(text)).toEqual([
      'release.yaml:4: expect has "v1" more than once.',
      'release.yaml:5: metrics has "name" more than once.',
    ])
  })

  test('are refused with their lines, all at once: unknown names, wrong types, no value, twice', () => {
    const text = `# A comment.
weigth: 20
weight: {v2: 20}
steps:
  - 5
  - many
probe-headers: [a, b]
subset:
namespace: demo
namespace: other
output: json
compare: {}
`
    expect(wrongWith(text)).toEqual([
      'release.yaml:2: There is no option "weigth". Did you mean weight?',
      'release.yaml:3: weight must be a number, not a mapping.',
      'release.yaml:4: steps must be a list of numbers.',
      'release.yaml:7: probe-headers must be a mapping, not a list.',
      'release.yaml:8: subset has no value. Write one, or remove the line.',
      'release.yaml:10: namespace can be given only once. It is also on line 9.',
      'release.yaml:11: There is no option "output".',
      'release.yaml:12: compare must be true or false, not a mapping.',
    ])
  })

  test.each([
    [
      '- weight: 20\n',
      'release.yaml: It must be a YAML mapping of names of options to values, such as weight: 20.',
    ],
    [
      '',
      'release.yaml: It must be a YAML mapping of names of options to values, such as weight: 20.',
    ],
    ['a: 1\n---\nb: 2\n', 'release.yaml: It has several YAML documents. Use one.'],
    [
      'weight: 20\n  subset: v2\n',
      'release.yaml: It is not valid YAML at line 2, column 9 (the indentation is wrong).',
    ],
  ])('are refused where the file is %j', (text, why) => {
    expect(wrongWith(text)).toEqual([why])
  })

  test('are never quoted where the file cannot be read, because that could be a secret', () => {
    const secret = 'tok-5ecret'
    for (const text of [
      `probe-headers: {authorization: "Bearer ${secret}\n`,
      `prometheus-headers: *${secret}\n`,
      `probe-key: !${secret} x\n: `,
      `weights: [${secret}]\n`,
      `timeout:\n\t${secret}: 1\n`,
    ]) {
      expect(wrongWith(text)).toHaveLength(1)
      expect(wrongWith(text).join()).not.toContain(secret)
    }
  })

  test('have the value of an anchor that they refer to', () => {
    expect(textsOf('subset: &name v2\ncontext: *name\n')).toEqual({ subset: 'v2', context: 'v2' })
  })

  test('are read for any text without an error of this tool', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(() => read(text)).not.toThrow()
      }),
    )
  })

  test('have any text as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(textsOf(dump({ payload: text }))).toEqual({ payload: text })
      }),
    )
  })
})

describe('an options file', () => {
  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), 'options-'))
    onTestFinished(() => rmSync(made, { recursive: true }))
    return made
  }

  test('has paths that are relative to its own folder', () => {
    const place = folder()
    mkdirSync(join(place, 'team'))
    const name = join(place, 'team', 'release.yaml')
    writeFileSync(
      name,
      'kubeconfig: ../kubeconfig\ngateway-kubeconfig: auto\nmanifest: route.yaml\nprobe-ca: /etc/ca.pem\nprobe-cert: |\n  -----BEGIN CERTIFICATE-----\nreport: out\nprobe-path: /a\n',
    )
    const { texts, problems } = readOptionsFile(name, () => '')
    expect(problems).toEqual([])
    expect(Object.fromEntries(texts)).toEqual({
      kubeconfig: join(place, 'kubeconfig'),
      'gateway-kubeconfig': 'auto',
      manifest: join(place, 'team', 'route.yaml'),
      'probe-ca': '/etc/ca.pem',
      'probe-cert': '-----BEGIN CERTIFICATE-----\n',
      report: join(place, 'team', 'out'),
      'probe-path': '/a',
    })
  })

  test('can be standard input, with paths that are relative to the current folder', () => {
    const { name, texts } = readOptionsFile('-', () => 'manifest: route.yaml\n')
    expect([name, texts.get('manifest')]).toEqual(['standard input', 'route.yaml'])
  })

  test('that cannot be read is one problem', () => {
    const place = folder()
    const missing = join(place, 'missing.yaml')
    expect(inputTexts(readOptionsFile(missing, () => '').problems)).toEqual([
      expect.stringMatching(/^--config cannot be read: .*missing\.yaml does not exist\.$/),
    ])
    expect(inputTexts(readOptionsFile(place, () => '').problems)[0]).toContain('is a folder')
    expect(inputTexts(readOptionsFile('', () => '').problems)).toEqual([
      '--config cannot be read: no file is named.',
    ])
    expect(inputTexts(readOptionsFile('/dev/null', () => '').problems)).toEqual([
      '--config cannot be read: /dev/null is not a regular file. To read standard input, use --config -.',
    ])
  })
})

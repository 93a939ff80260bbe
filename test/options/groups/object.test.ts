import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

describe('namespace and virtual-service', () => {
  test.each([
    ['namespace', 'de.mo'],
    ['namespace', `${'a'.repeat(64)}`],
    ['virtual-service', 'tcp_echo'],
    ['virtual-service', '../secrets/token'],
  ])('%s cannot be %s', (input, text) => {
    const [line] = wrongWith({ [input]: text })
    expect(line).toContain(`${input} must be`)
    expect(line).toContain(`, not "${text}".`)
    expect(line).toContain('RFC 1123')
  })

  test('are required', () => {
    expect(wrongWith({ namespace: undefined, 'virtual-service': '' })).toEqual([
      'namespace is required.',
      'virtual-service is required.',
    ])
  })
})

test('manifest is a path, not the content of a file', () => {
  expect(optionsOf({ manifest: 'deploy/route.yaml' }).manifest).toBe('deploy/route.yaml')
  expect(wrongWith({ manifest: 'kind: VirtualService\nmetadata: {}\n' })).toEqual([
    expect.stringMatching(
      /^manifest must be the path of a YAML file, not the content of the file, /,
    ),
  ])
})

describe('route', () => {
  test.each([
    ['tcp', { kind: 'tcp', port: undefined }],
    ['tcp:1', { kind: 'tcp', port: 1 }],
    ['tcp:31400', { kind: 'tcp', port: 31400 }],
    ['tcp:65535', { kind: 'tcp', port: 65535 }],
    ['tcp[0]', { kind: 'tcp', port: undefined, index: 0 }],
    ['tcp[12]', { kind: 'tcp', port: undefined, index: 12 }],
    // These rules cannot be shifted yet. The run says so when it has read the object.
    ['http', { kind: 'http', text: 'http' }],
    ['http:a name', { kind: 'http', text: 'http:a name' }],
    ['tls:a.example:1', { kind: 'tls', text: 'tls:a.example:1' }],
    ['tls[3]', { kind: 'tls', text: 'tls[3]' }],
  ])('%s selects a rule', (route, meant) => {
    expect(optionsOf({ route }).route).toEqual(meant)
  })

  test.each([
    'tcp:0',
    'tcp:65536',
    'tcp:',
    'tcp:x',
    'http:',
    'tcp[x]',
    'tcp[-1]',
    'tcp[]',
    '31400',
    'TCP',
  ])('%s is refused', (route) => {
    expect(wrongWith({ route })).toEqual([
      `route must be tcp, tcp:PORT with a port from 1 to 65535, or tcp[I] with the position of the rule, counted from 0, not "${route}".`,
    ])
  })
})

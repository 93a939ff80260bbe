import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

describe('kubeconfig', () => {
  const YAML = 'apiVersion: v1\nkind: Config\n'

  test.each([
    ['/etc/kubeconfig', { kind: 'path', path: '/etc/kubeconfig' }],
    ['/etc/kubeconfig\n', { kind: 'path', path: '/etc/kubeconfig' }],
    [YAML, { kind: 'yaml', text: YAML }],
    [`  a: 1\n  b: 2\n`, { kind: 'yaml', text: `  a: 1\n  b: 2\n` }],
    ['{"apiVersion":"v1"}', { kind: 'yaml', text: '{"apiVersion":"v1"}' }],
    ['apiVersion: v1', { kind: 'yaml', text: 'apiVersion: v1' }],
    ['auto', { kind: 'auto' }],
    [' auto\n', { kind: 'auto' }],
  ])('%j is recognized for what it is', (kubeconfig, source) => {
    expect(optionsOf({ kubeconfig }).cluster.kubeconfig).toEqual(source)
  })

  test.each(['kubeconfig', 'gateway-kubeconfig'])(
    '%s that is given but empty is an error, and never means another cluster',
    (input) => {
      for (const text of ['', ' ', '\n']) {
        expect(wrongWith({ [input]: text })).toEqual([
          expect.stringMatching(new RegExp(`^${input} is empty\\. A secret that does not exist`)),
        ])
      }
    },
  )

  test('is used for the gateway too, with its context, if gateway-kubeconfig is not given', () => {
    const { cluster, gatewayCluster } = optionsOf({ kubeconfig: '/a', context: 'one' })
    expect(cluster).toEqual({ kubeconfig: { kind: 'path', path: '/a' }, context: 'one' })
    expect(gatewayCluster).toEqual(cluster)
    expect(
      optionsOf({ kubeconfig: '/a', context: 'one', 'gateway-context': 'two' }).gatewayCluster,
    ).toEqual({ kubeconfig: { kind: 'path', path: '/a' }, context: 'two' })
  })

  test('does not pass its context on to gateway-kubeconfig', () => {
    const given = { kubeconfig: '/a', context: 'one', 'gateway-kubeconfig': '/b' }
    expect(optionsOf(given).gatewayCluster).toEqual({
      kubeconfig: { kind: 'path', path: '/b' },
      context: undefined,
    })
    expect(optionsOf({ ...given, 'gateway-context': 'two' }).gatewayCluster.context).toBe('two')
  })
})

import { describe, expect, test } from 'vitest'
import { coversHost, serviceOf } from '../../src/mesh/host.ts'

describe('the Service of a host', () => {
  test.each([
    ['tcp-echo', { namespace: 'demo', name: 'tcp-echo' }],
    ['tcp-echo.prod.svc.cluster.local', { namespace: 'prod', name: 'tcp-echo' }],
    ['tcp-echo.prod.svc.my.domain', { namespace: 'prod', name: 'tcp-echo' }],
    ['tcp-echo.prod.svc', { namespace: 'prod', name: 'tcp-echo' }],
  ])('%s, written in namespace demo, is found', (host, service) => {
    expect(serviceOf(host, 'demo')).toEqual(service)
  })

  test.each(['', '*', '*.prod.svc.cluster.local', 'api.example.com', 'tcp-echo.prod', '10.0.0.7'])(
    '%j is none',
    (host) => {
      expect(serviceOf(host, 'demo')).toBeUndefined()
    },
  )
})

describe("a DestinationRule's host", () => {
  test.each([
    ['the same short name in the same namespace', 'tcp-echo', 'demo', 'tcp-echo'],
    ['the full name', 'tcp-echo.demo.svc.cluster.local', 'demo', 'tcp-echo'],
    ['the full name from elsewhere', 'tcp-echo.demo.svc.cluster.local', 'istio-system', 'tcp-echo'],
    ['a wildcard', '*.demo.svc.cluster.local', 'demo', 'tcp-echo'],
    ['a wildcard for everything', '*', 'istio-system', 'tcp-echo'],
    ['a name that is no Service, by itself', 'api.example.com', 'demo', 'api.example.com'],
  ])('covers %s', (_, ruleHost, ruleNamespace, host) => {
    expect(coversHost(ruleHost, ruleNamespace, host, 'demo')).toBe(true)
  })

  test.each([
    ['the short name in another namespace', 'tcp-echo', 'prod', 'tcp-echo'],
    ['another name', 'tcp-echo-2', 'demo', 'tcp-echo'],
    [
      'a wildcard of a namespace whose name is the end of its own',
      '*.emo.svc.cluster.local',
      'demo',
      'tcp-echo',
    ],
    ['a wildcard of another namespace', '*.prod.svc.cluster.local', 'demo', 'tcp-echo'],
    ['the beginning of a name', 'tcp', 'demo', 'tcp-echo'],
  ])('does not cover %s', (_, ruleHost, ruleNamespace, host) => {
    expect(coversHost(ruleHost, ruleNamespace, host, 'demo')).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import { fullName, hostsMatch, serviceOf } from '../../../src/routes/istio/host.ts'

describe('The Service of a host', () => {
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

test.each([
  ['tcp-echo', 'tcp-echo.demo.svc.cluster.local'],
  ['tcp-echo.prod.svc.my.domain', 'tcp-echo.prod.svc.cluster.local'],
  ['api.example.com', 'api.example.com'],
  ['*', '*'],
])('the full name of host %s is %s', (host, name) => {
  expect(fullName(host, 'demo')).toBe(name)
})

describe('Two hosts', () => {
  test.each([
    ['a.com', 'a.com'],
    ['*', 'a.com'],
    ['*', '*.com'],
    ['*.com', 'a.com'],
    ['*.com', '*.a.com'],
    ['*', '*'],
  ])('%s and %s can mean the same name', (one, other) => {
    expect([hostsMatch(one, other), hostsMatch(other, one)]).toEqual([true, true])
  })

  test.each([
    ['a.com', 'b.com'],
    ['*.a.com', 'a.com'],
    ['*.a.com', '*.b.com'],
    ['*.com', 'a.org'],
  ])('%s and %s cannot', (one, other) => {
    expect([hostsMatch(one, other), hostsMatch(other, one)]).toEqual([false, false])
  })
})

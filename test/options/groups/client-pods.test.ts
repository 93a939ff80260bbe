import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

describe('client-pods', () => {
  test('is a namespace and one or more labels', () => {
    expect(optionsOf({}).clientPods).toBeUndefined()
    expect(optionsOf({ 'client-pods': 'shop/app=checkout' }).clientPods).toEqual({
      namespace: 'shop',
      labels: { app: 'checkout' },
    })
    expect(
      optionsOf({ 'client-pods': 'shop/app.kubernetes.io/name=checkout, tier=' }).clientPods,
    ).toEqual({
      namespace: 'shop',
      labels: { 'app.kubernetes.io/name': 'checkout', tier: '' },
    })
  })

  test.each([
    'shop',
    'shop/',
    'app=checkout',
    'shop/app',
    'Shop/app=a',
    'shop/app=a,app=b',
    'shop/app=a=b',
    'shop/a b=c',
  ])('%s is refused', (text) => {
    expect(wrongWith({ 'client-pods': text })).toEqual([
      `client-pods must be namespace/label=value, or more labels separated by commas, such as shop/app=checkout, not "${text}".`,
    ])
  })

  test('and evidence: counters are refused where no proxies are read', () => {
    expect(wrongWith({ 'client-pods': 'shop/app=checkout', proxies: 'off' })).toEqual([
      'client-pods cannot be combined with proxies: off. Its proxies are read only with proxies: auto or require.',
    ])
    expect(wrongWith({ evidence: 'counters', expect: undefined, proxies: 'off' })).toEqual([
      'evidence cannot be combined with proxies: off. The counters are those of the proxies.',
    ])
  })
})

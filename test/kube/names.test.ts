import { describe, expect, test } from 'vitest'
import { isNamespaceName, isObjectName } from '../../src/kube/names.ts'

describe('the name of a namespace', () => {
  test.each(['demo', 'a', '0', 'istio-system', '4u', 'a'.repeat(63)])('can be %s', (name) => {
    expect(isNamespaceName(name)).toBe(true)
  })

  test.each([
    '',
    'Demo',
    '-demo',
    'demo-',
    'de.mo',
    'de_mo',
    'de mo',
    'demo\n',
    'démo',
    '../demo',
    'a'.repeat(64),
  ])('cannot be %j', (name) => {
    expect(isNamespaceName(name)).toBe(false)
  })
})

describe('the name of an object', () => {
  test.each(['tcp-echo', 'a.b', 'tcp-echo.v1', '0', `${'a'.repeat(63)}.${'b'.repeat(189)}`])(
    'can be %s',
    (name) => {
      expect(isObjectName(name)).toBe(true)
    },
  )

  test.each(['', '.', 'a.', '.a', 'a..b', 'a.-b', 'A', 'a/b', "a'b", 'a b', 'a'.repeat(254)])(
    'cannot be %j',
    (name) => {
      expect(isObjectName(name)).toBe(false)
    },
  )
})

import { expect, test } from 'vitest'
import { istioctl, kubectl } from '../../src/kube/kubectl.ts'

test('a command to paste names the cluster and the namespace, in quotes', () => {
  expect(kubectl("it's prod", 'demo')).toBe("kubectl --context 'it'\\''s prod' --namespace 'demo'")
  expect(kubectl('prod')).toBe("kubectl --context 'prod'")
  expect(istioctl('prod')).toBe("istioctl --context 'prod'")
})

test("a command to paste names no context for a Pod's service account, which has none", () => {
  expect(kubectl(undefined, 'demo')).toBe("kubectl --namespace 'demo'")
  expect(istioctl(undefined)).toBe('istioctl')
})

import { expect, test } from 'vitest'
import { istioctl, kubeconfigWord, kubectl } from '../../src/kube/kubectl.ts'

test('a command to paste names the cluster and the namespace, in quotes', () => {
  expect(kubectl({ context: "it's prod" }, 'demo')).toBe(
    "kubectl --context 'it'\\''s prod' --namespace 'demo'",
  )
  expect(kubectl({ context: 'prod' })).toBe("kubectl --context 'prod'")
  expect(istioctl({ context: 'prod' })).toBe("istioctl --context 'prod'")
})

test("a command to paste names no context for a Pod's service account, which has none", () => {
  expect(kubectl({ context: undefined }, 'demo')).toBe("kubectl --namespace 'demo'")
  expect(istioctl({ context: undefined })).toBe('istioctl')
})

test('a command to paste names the kubeconfig that was given', () => {
  const cluster = { kubeconfig: kubeconfigWord('./its/config.yaml'), context: 'prod' }
  const flags = "--kubeconfig './its/config.yaml' --context 'prod'"
  expect(kubectl(cluster)).toBe(`kubectl ${flags}`)
  expect(istioctl(cluster)).toBe(`istioctl ${flags}`)
})

test('a command to paste leaves a path that may not be shown for the reader to fill in', () => {
  expect(kubeconfigWord('correcthorsebatterystaple')).toBe('PATH')
})

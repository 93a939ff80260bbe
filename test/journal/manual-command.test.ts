import { expect, test } from 'vitest'
import { toolCommand } from '../../src/journal/manual-command.ts'

const CLUSTER = { context: undefined }

test.each([
  ['VirtualService', "--virtual-service 'web'"],
  ['HTTPRoute', "--object 'HTTPRoute/web'"],
  ['TCPRoute', "--object 'TCPRoute/web'"],
])('The command for a %s names that object and its kind', (kind, object) => {
  expect(toolCommand('status', CLUSTER, { kind, namespace: 'demo', name: 'web' })).toBe(
    `istio-traffic-shift status --namespace 'demo' ${object}`,
  )
})

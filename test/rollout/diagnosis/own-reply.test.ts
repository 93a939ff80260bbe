import { describe, expect, test } from 'vitest'
import type { OwnReplyCause } from '../../../src/evidence/probe/http/own-reply-cause.ts'
import { explainOwnReply, isBehindGateway } from '../../../src/rollout/diagnosis/own-reply.ts'
import { COMMANDS, GATEWAY_COMMANDS, ONLY_ISTIO } from './support/commands.ts'

/** What the words of each cause must name. */
const NAMED: Readonly<Record<OwnReplyCause, RegExp>> = {
  'redirect-to-https': /HTTPS port.*endpoint.*probe-tls: true/,
  redirect: /probe-path or probe-host/,
  malformed: /probe-tls: true/,
  unauthenticated: /probe-headers[\s\S]*AUTHENTICATION/,
  denied: /probe-headers[\s\S]*AUTHORIZATION/,
  'no-route': /probe-host and probe-path[\s\S]*PROXY-STATUS/,
  'http-version': /probe-http/,
  'rate-limit': /Set rate/,
  'gateway-error': /logs of the gateway/,
  injected: /fault/,
  'no-endpoints': /outlierDetection[\s\S]*PODS/,
  'no-connection': /mutual TLS[\s\S]*PODS\n {2}DESTINATIONRULES/,
  overflow: /concurrency[\s\S]*DESTINATIONRULES/,
  'no-cluster': /subset[\s\S]*DESTINATIONRULES/,
  unavailable: /logs of the gateway/,
  timeout: /timeout in the rule[\s\S]*PODS/,
  other: /in front of it/,
}

describe('what to do about a reply of the gateway itself', () => {
  test.each(Object.entries(NAMED) as [OwnReplyCause, RegExp][])(
    'of the cause %s is said in whole sentences',
    (cause, named) => {
      const { what, remedy } = explainOwnReply(cause, COMMANDS)
      expect(what).toMatch(/^[A-Z].*[.)]$/)
      expect(remedy).toMatch(/^[A-Z]/)
      expect(remedy).toMatch(named)
      const commands = remedy.split('\n').slice(1)
      expect(commands.every((line) => line.startsWith('  '))).toBe(true)
    },
  )

  test('may be about the destination alone, so that another one can still answer', () => {
    const behind = (Object.keys(NAMED) as OwnReplyCause[]).filter(isBehindGateway)
    expect(behind.toSorted()).toEqual(['no-connection', 'no-endpoints', 'timeout'])
  })
})

test('what to do at a route of the Gateway API names nothing that only Istio has', () => {
  for (const cause of Object.keys(NAMED) as OwnReplyCause[])
    expect(explainOwnReply(cause, GATEWAY_COMMANDS).remedy).not.toMatch(ONLY_ISTIO)
})

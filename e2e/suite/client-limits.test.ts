import { readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { runJob } from './support/job.ts'
import { routeIs, routeText } from './support/route.ts'

const RANGE = '/proc/sys/net/ipv4/ip_local_port_range'
const REUSE = '/proc/sys/net/ipv4/tcp_tw_reuse'

/**
 * Unused ports, outside of those that e2e/namespace/network.ts assigns. Some of the others are still in TIME_WAIT after
 * earlier tests. If those were the gateway's own, the gateway runs out of ports: it then accepts connections and closes
 * them without a reply.
 */
const UNUSED = '65500 65507'

/** Leaves so few ports for outgoing connections that recently closed connections occupy all of them. */
function fewPorts(): void {
  for (const [file, value] of [
    [RANGE, UNUSED],
    [REUSE, '0'],
  ] as const) {
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, value)
    onTestFinished(() => writeFileSync(file, before))
  }
}

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

test('a machine without free ports is reported as such, without a message about the gateway', async () => {
  const before = await routeText()
  fewPorts()
  const inputs = { mode: 'verify', weights: 'current', timeout: '3s', 'propagation-timeout': '0s' }
  const { outputs, text } = await runJob(inputs)
  expect(outputs).toMatchObject({ verdict: 'inconclusive', reason: 'limit-reached' })
  expect(text).toMatch(
    /This machine could not open [\d,]+ (connections|more) \(out of files or ports\)/,
  )
  expect(await routeText()).toBe(before)
})

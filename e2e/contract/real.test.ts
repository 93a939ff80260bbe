import { afterAll, beforeAll } from 'vitest'
import { testApiServer } from '../../kit/contract/api-server.ts'
import { testGateway } from '../../kit/contract/gateway.ts'
import { testGatewayApi } from '../../kit/contract/gateway-api.ts'
import { testHttpGateway } from '../../kit/contract/http-gateway.ts'
import { testProxies } from '../../kit/contract/proxies.ts'
import type { Subject } from '../../kit/contract/subject.ts'
import { testWeb } from '../../kit/contract/web.ts'
import { pathOf } from '../objects/api.ts'
import { virtualService } from '../objects/tutorial.ts'
import { istiodWebhook } from '../objects/webhook.ts'
import { within } from '../processes/within.ts'
import { api } from '../suite/support/route.ts'
import { realSubject } from './real-subject.ts'

let subject: Subject

beforeAll(async () => {
  subject = await realSubject()
  await api.create(istiodWebhook())
  await within(20_000, "istiod's judging writes", () => isNegativeRefused())
})
afterAll(async () => {
  await api.remove(istiodWebhook())
  await within(20_000, "istiod's judging writes no more", async () => !(await isNegativeRefused()))
  await subject.reset()
})

testApiServer(() => subject)
testGateway(() => subject)
testWeb(() => subject)
testHttpGateway(() => subject)
testProxies(() => subject)
testGatewayApi(() => subject)

/** Whether a weight below 0, which no schema forbids, is refused. */
async function isNegativeRefused(): Promise<boolean> {
  const operations = [{ op: 'add', path: '/spec/tcp/0/route/0/weight', value: -1 }]
  const path = `${pathOf(virtualService())}?dryRun=All`
  const { status } = await api.call('PATCH', path, operations, 'application/json-patch+json')
  return status === 400
}

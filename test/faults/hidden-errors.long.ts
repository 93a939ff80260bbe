import { expect, test } from 'vitest'
import { routeText, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { runHttp, SURE } from '../../kit/run/run.ts'
import { type JsonObject, listAt, objectAt } from '../../sandbox/objects/json.ts'
import { sandboxWith } from '../sandbox/support/sandbox.ts'

const BY_HEADER = '{v1: {header: {x-version: "^v1$"}}, v2: {header: {x-version: "^v2$"}}}'
const SHIFT = { subset: 'v2', weight: '50', tolerance: '20', confidence: SURE, expect: BY_HEADER }

/** A rule with v1 alone, and these retries. */
async function meshWith(retries: JsonObject) {
  const sandbox = await sandboxWith({ web: { http: { v1: 100, v2: 0 } } })
  const [rule = null] = listAt(sandbox.objects.get(WEB_ROUTE), 'spec', 'http')
  sandbox.objects.patch(WEB_ROUTE, { spec: { http: [{ ...objectAt(rule), retries }] } })
  await sandbox.applied()
  return sandbox
}

test('fault 36: errors that the retries of a rule hide are not seen, as clients do not see them', async () => {
  const sandbox = await meshWith({ attempts: 5, retryOn: '5xx' })
  await sandbox.faults.destination('v2', { kind: 'status', status: 500 }, { share: 0.3 })
  const { outcome } = await runHttp(sandbox, SHIFT)
  expect(outcome, outcome.message).toMatchObject({ verdict: 'pass' })
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 50, v2: 50 })
})

test('fault 36: errors are seen where the retries of a rule are not for them', async () => {
  const sandbox = await meshWith({ attempts: 5, retryOn: 'gateway-error,connect-failure' })
  const before = routeText(sandbox, WEB_ROUTE)
  await sandbox.faults.destination('v2', { kind: 'status', status: 500 }, { share: 0.3 })
  const { outcome } = await runHttp(sandbox, SHIFT)
  expect(outcome, outcome.message).toMatchObject({ verdict: 'fail', reason: 'unhealthy' })
  expect(routeText(sandbox, WEB_ROUTE)).toBe(before)
})

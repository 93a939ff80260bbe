import { describe, expect, test } from 'vitest'
import { MATCH_CASES } from '../../../../kit/contract/web/match-cases.ts'
import { hit } from '../../../../src/routes/istio/match/hit.ts'
import { http, httpObject, request } from '../../support/http-objects.ts'

const PODS = { namespace: 'istio-system', labels: { 'no-gateway': '' } }

describe('a match takes the requests that the contract with the gateway says', () => {
  test.each(MATCH_CASES)('%j and %j: %s', (match, sent, isMet) => {
    const object = httpObject([http('one', [match])], { spec: { gateways: ['web-gateway'] } })
    const found = hit(
      object,
      request({
        gateway: 'demo/web-gateway',
        port: 8080,
        pods: PODS,
        ...(sent.path === undefined ? {} : { path: sent.path }),
        headers: Object.entries(sent.headers ?? {}),
      }),
    )
    expect(found.kind).toBe(isMet ? 'rule' : 'none')
  })
})

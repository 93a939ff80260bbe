import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHttp } from '../../../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../../../sandbox/sandbox.ts'

describe('statuses that no reply to the probe has', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ web: { http: { v1: 80, v2: 20 } }, debounceMs: 10 })
  })
  afterAll(() => sandbox.stop())

  const refused = (inputs: Readonly<Record<string, string>>) =>
    runHttp(sandbox, { subset: 'v2', weight: '50', ...inputs })

  test('errors with a gRPC status is refused where requests are HTTP, because no reply would be an error', async () => {
    const { outcome } = await refused({ errors: 'UNAVAILABLE, 5xx', expect: 'stamp' })
    expect(outcome).toMatchObject({ reason: 'input', code: 'ITS-STATUS-INVALID', wrote: false })
    expect(outcome.message).toContain('errors: UNAVAILABLE is a gRPC status')
  })

  test('expect with a gRPC status is refused where requests are HTTP, because no reply would match', async () => {
    const { outcome } = await refused({ expect: '{v1: {status: OK}, v2: {status: UNAVAILABLE}}' })
    expect(outcome).toMatchObject({ reason: 'input', code: 'ITS-STATUS-INVALID', wrote: false })
    expect(outcome.message).toContain('expect.v2.status: UNAVAILABLE is a gRPC status')
  })

  test('errors with HTTP statuses alone is refused for gRPC calls, which fail with HTTP status 200', async () => {
    const { outcome } = await refused({ errors: '5xx', expect: 'stamp', probe: 'grpc' })
    expect(outcome).toMatchObject({ reason: 'input', code: 'ITS-STATUS-INVALID', wrote: false })
    expect(outcome.message).toContain('errors has only HTTP statuses (5xx)')
  })
})

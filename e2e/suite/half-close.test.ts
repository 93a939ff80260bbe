import { beforeEach, expect, test } from 'vitest'
import { runJob } from './support/job.ts'
import { routeIs } from './support/route.ts'

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

test('Envoy forwards a half-close, and the reply that follows it', async () => {
  const { outputs } = await runJob({
    mode: 'verify',
    weights: 'current',
    'propagation-timeout': '0s',
    'reply-until': 'half-close',
  })
  // The tutorial's server closes only after it has read the end of the stream. Otherwise every connection would time out.
  expect(outputs).toMatchObject({ verdict: 'pass', unclassified: '0' })
})

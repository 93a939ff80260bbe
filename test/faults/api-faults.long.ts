import { afterEach, beforeEach } from 'vitest'
import { testApiFaults } from '../../kit/faults/api-faults.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { meshOf } from './support/mesh-of.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ proxies: true, weights: { v1: 80, v2: 20 } })
})
afterEach(() => sandbox.stop())

testApiFaults(() => meshOf(sandbox))

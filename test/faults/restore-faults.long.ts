import { afterEach, beforeEach } from 'vitest'
import { testRestoreFaults } from '../../kit/faults/restore-faults.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { meshOf } from './support/mesh-of.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ proxies: true, weights: { v1: 80, v2: 20 } })
})
afterEach(() => sandbox.stop())

testRestoreFaults(() => meshOf(sandbox))

import { afterEach, beforeEach, expect, test } from 'vitest'
import { gate } from '../../../kit/run/gate.ts'
import { hasJournal, weightsOn } from '../../../kit/run/object.ts'
import { type Step, startStep } from '../../../kit/run/step.ts'
import { hooks } from '../../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { nothingLeft } from './support/left.ts'

let sandbox: Sandbox
let step: Step
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, jobs: true })
  step = startStep({
    kubeconfig: sandbox.kubeconfig,
    connect: 'job',
    rate: '200',
    payload: 'hello there\\n',
    subset: 'v2',
    weight: '50',
    tolerance: '30',
  })
})
afterEach(async () => {
  step.remove()
  await sandbox.stop()
})

/** The calls of a run that decide what is left of it. */
const CALLS = {
  'the creation of its Job': { method: 'POST', path: /\/jobs\?/, nth: 1 },
  'its write': { method: 'PATCH', path: /./, nth: 2 },
  'the deletion of its Job': { method: 'DELETE', path: /\/jobs\//, nth: 1 },
} as const

test.each([
  ['the creation of its Job', 'before'],
  ['its write', 'after'],
  ['the deletion of its Job', 'before'],
] as const)(
  'the cleanup step of a run that is killed at %s, %s it is carried out, leaves no Job, Pod or Secret',
  async (call, moment) => {
    const reached = gate()
    const go = gate()
    const hold = async () => {
      reached.open()
      await go.reached
    }
    await sandbox.faults.api({ match: CALLS[call], act: hooks({ [moment]: hold }) })
    const main = step.main()
    await reached.reached
    main.process.kill('SIGKILL')
    await main.ended
    go.open()
    expect(await step.post().ended).toMatchObject({ status: 0 })
    expect(hasJournal(sandbox)).toBe(false)
    const isOver = call === 'the deletion of its Job'
    expect(weightsOn(sandbox)).toEqual(isOver ? { v1: 50, v2: 50 } : { v1: 80, v2: 20 })
    await nothingLeft(sandbox)
  },
)

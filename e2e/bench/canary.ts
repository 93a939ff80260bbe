import { parseArgs } from 'node:util'
import { listAt, numberAt, textAt } from '../../sandbox/objects/json.ts'
import { type Benched, benched, PROTOCOLS } from './benched.ts'
import { phasesOf } from './phases.ts'
import { measure } from './step-on-mesh.ts'

/**
 * npm run e2e -- bench --canary [--protocol httproute] [--times 1]: shifts from 1,000/0 to 999/1, confirmed with a
 * tolerance of 0.1 points. Prints the samples and the time of each. Ends with status 1 if one does not pass.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      canary: { type: 'boolean' },
      protocol: { type: 'string', default: 'httproute' },
      times: { type: 'string', default: '1' },
    },
  })
  const protocol = PROTOCOLS.find((one) => one === values.protocol)
  if (protocol === undefined) throw new Error(`--protocol must be ${PROTOCOLS.join(', ')}`)
  const what = await benched(protocol)
  let passed = true
  for (let time = 0; time < Number(values.times); time += 1) passed = (await canary(what)) && passed
  return passed ? 0 : 1
}

/** Whether one shift passes. */
async function canary({ samples, inputs, destination, startAt }: Benched): Promise<boolean> {
  await startAt({ v1: 1000, v2: 0 })
  const report = await measure({ ...inputs, subset: destination, weight: '0.1', tolerance: '0.1' })
  const attempts = listAt(report, 'checks', 0, 'attempts')
  const taken = attempts.reduce<number>((sum, one) => sum + (numberAt(one, 'samples') ?? 0), 0)
  const expected = numberAt(report, 'checks', 0, 'expectedSamples') ?? Number.NaN
  const verdict = textAt(report, 'verdict')
  const seconds = (phasesOf(report).totalMs / 1000).toFixed(1)
  process.stdout.write(
    `${verdict} (${textAt(report, 'reason')}): ${taken} ${samples} in ${attempts.length} attempts, ${expected} expected; ${seconds} s from the write's answer to the verdict\n  ${textAt(report, 'message')}\n`,
  )
  return verdict === 'pass'
}

process.exit(await main())

import { readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { short } from '../act/support/log.ts'
import { confirmed } from '../act/support/reports.ts'
import { runAct, startAct, stepProcess } from '../act/support/start-act.ts'
import { exampleText } from '../act/support/workflow.ts'
import { gatewayRoutes } from '../processes/gateway-routes.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'
import { gatewaySplits, journalsOn, routeIs, routeText, weightsOn } from './support/route.ts'

beforeEach(() => routeIs())

const given = () => ({
  event: 'release',
  secrets: { KUBECONFIG: readFileSync(adminKubeconfig(), 'utf8') },
})

test('the release workflow, run by act, shifts over all steps to 100%', async () => {
  const { status, steps, place } = await runAct({
    ...given(),
    workflow: exampleText('release.yml'),
  })
  expect(short(steps)).toEqual([
    ['Shift to v2', 'success', 'pass'],
    ['Keep the report', 'success'],
  ])
  expect(status).toBe(0)
  expect(confirmed(place)).toEqual([5, 25, 50, 100])
  expect(await weightsOn()).toEqual({ v1: 0, v2: 100 })
  expect(await journalsOn()).toEqual([])
  expect(await gatewayRoutes()).toEqual({ v2: 100 })
})

test('the post step that act starts restores the weights if SIGKILL ends the process of the action', async () => {
  const before = await routeText()
  const act = startAct({ ...given(), workflow: exampleText('release.yml', { rate: '5' }) })
  await act.said(/Written at/)
  process.kill(stepProcess(act), 'SIGKILL')
  const { status, steps } = await act.ended
  expect(steps.at(-1)).toMatchObject({ name: 'Shift to v2', stage: 'Post', result: 'success' })
  expect(status).toBe(1)
  expect(await routeText()).toBe(before)
  await gatewaySplits({ v1: 100 })
})

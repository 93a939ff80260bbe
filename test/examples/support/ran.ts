import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { type Json, numberAt, objectsAt, textAt } from '../../../src/kube/json.ts'
import type { Place } from './place.ts'
import type { Ran, Values } from './workflow.ts'

/** The secrets of the repository that has the examples. */
export function secrets({ kubeconfig }: Sandbox): Values {
  return { 'secrets.KUBECONFIG': kubeconfig, 'secrets.KUBECONFIG_READER': kubeconfig }
}

/** The percents of a destination that a run confirmed, by its report. */
export function confirmed({ reports }: Place, name = 'v2'): (number | undefined)[] {
  const [file = ''] = globSync('istio-traffic-shift-*/report.json', { cwd: reports })
  const report: Json = JSON.parse(readFileSync(join(reports, file), 'utf8'))
  return objectsAt(report, 'checks')
    .filter((check) => textAt(check, 'ended') === 'pass')
    .flatMap((check) => objectsAt(check, 'destinations'))
    .filter((destination) => textAt(destination, 'name') === name)
    .map((destination) => numberAt(destination, 'asked'))
}

/** Of each step its name, its exit status, and its verdict if it is one of this action. */
export const short = (ran: readonly Ran[]) =>
  ran.map(({ name, status, verdict }) => [
    name,
    status,
    ...(verdict === undefined ? [] : [verdict]),
  ])

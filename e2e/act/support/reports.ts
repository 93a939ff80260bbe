import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Json, numberAt, objectsAt, textAt } from '../../../src/kube/json.ts'
import type { Place } from './place.ts'

/** The percents of a destination that a run confirmed, by the report that the workflow uploaded. */
export function confirmed({ artifacts }: Place, name = 'v2'): (number | undefined)[] {
  const [file = ''] = globSync('traffic-shift/istio-traffic-shift-*/report.json', {
    cwd: artifacts,
  })
  const report: Json = JSON.parse(readFileSync(join(artifacts, file), 'utf8'))
  return objectsAt(report, 'checks')
    .filter((check) => textAt(check, 'ended') === 'pass')
    .flatMap((check) => objectsAt(check, 'destinations'))
    .filter((destination) => textAt(destination, 'name') === name)
    .map((destination) => numberAt(destination, 'asked'))
}

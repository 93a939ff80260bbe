import { at, labelsAt, textAt } from '../../kube/json.ts'
import { coreResource, grantingRule, readList } from '../../kube/resources.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { podsSelected } from './job-problems.ts'
import type { JobSettings } from './job-settings.ts'
import { labelsOfPods } from './manifest/job-template.ts'

/**
 * The problem where a Service would send traffic to the Pods of the Job though they are never ready, and a warning where that is
 * not known. Pods without labels of their own are selected by none.
 */
export async function findSelected(
  { workloads, options }: Context,
  { namespace, injection }: JobSettings,
  signal: AbortSignal,
): Promise<readonly [Problem | undefined, Problem[]]> {
  const { template } = options.job
  if (Object.keys(template.labels ?? {}).length === 0) return [undefined, []]
  const resource = coreResource('services', namespace)
  const read = await readList(workloads, resource, signal)
  if (read.kind === 'denied')
    return [
      undefined,
      [
        warning(
          'ITS-JOB-PODS-SELECTED',
          `Whether a Service sends traffic to the Pods of the Job was not checked, because listing Services is not allowed in namespace ${namespace}.`,
          grantingRule(resource),
        ),
      ],
    ]
  const labels = labelsOfPods(template, { labels: {}, injection })
  const selecting = (read.kind === 'found' ? read.value : []).filter((service) => {
    const selector = Object.entries(labelsAt(service, 'spec', 'selector'))
    return (
      at(service, 'spec', 'publishNotReadyAddresses') === true &&
      selector.length > 0 &&
      selector.every(([key, value]) => labels[key] === value)
    )
  })
  const names = selecting.map((service) => textAt(service, 'metadata', 'name') ?? '')
  return [names.length > 0 ? podsSelected(namespace, names) : undefined, []]
}

import { listAt, textAt } from '../../../sandbox/objects/json.ts'
import { within } from '../../processes/within.ts'
import { api } from './route.ts'

const OF_JOBS = [
  '/apis/batch/v1/jobs',
  '/api/v1/secrets?fieldSelector=type%3DOpaque',
  '/api/v1/pods?labelSelector=batch.kubernetes.io%2Fjob-name',
]

/** Resolves when nothing is left of the Jobs of all runs. */
export async function nothingLeft(): Promise<void> {
  let left: string[] = []
  await within(30_000, 'the end of Jobs, Secrets and Pods', async () => {
    const answers = await Promise.all(OF_JOBS.map((path) => api.call('GET', path)))
    left = answers.flatMap(({ body }) =>
      listAt(body, 'items').map((item) => textAt(item, 'metadata', 'name') ?? ''),
    )
    return left.length === 0
  }).catch((error: unknown) => {
    throw new Error(`these are left: ${left.join(', ')}`, { cause: error })
  })
}

import { describe, expect, onTestFinished, test } from 'vitest'
import { WITHOUT_SECRETS } from '../../kit/github/event.ts'
import { makePlace } from './support/place.ts'
import { pullRequest } from './support/pull-request.ts'
import { runExample } from './support/workflow.ts'

describe.each(['pull-request.yml', 'http-pull-request.yml'])('the example %s', (name) => {
  test.each(Object.entries(WITHOUT_SECRETS))(
    'skips the plan and the canary for a pull request %s',
    async (_, how) => {
      const { github, variables } = await pullRequest(how)
      const place = makePlace('')
      onTestFinished(place.remove)
      const { ran, jobs } = await runExample(name, {}, { ...place, variables })
      const skipped = { result: 'skipped', outputs: {} }
      expect(jobs).toEqual({ plan: skipped, canary: skipped })
      expect(ran).toEqual([])
      expect(github.requests).toEqual([])
    },
  )
})

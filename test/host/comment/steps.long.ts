import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { HOPELESS, SHORT, SPLIT } from '../../../kit/crash/usual-inputs.ts'
import { pullRequestEvent, workflowRun } from '../../../kit/github/event.ts'
import { type GitHubStandIn, startGitHub } from '../../../kit/github/stand-in.ts'
import { startStep } from '../../../kit/run/step.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

let sandbox: Sandbox
let github: GitHubStandIn
beforeEach(async () => {
  sandbox = await startSandbox(SPLIT)
  github = await startGitHub()
})
afterEach(async () => {
  await sandbox.stop()
  await github.stop()
})

const TOKEN = 'ghs_workflow-token'

/** A step of a workflow for a pull request. */
function stepWith(inputs: Readonly<Record<string, string>>) {
  const { environment, remove } = workflowRun(pullRequestEvent(7), { GITHUB_API_URL: github.url })
  onTestFinished(remove)
  const { kubeconfig } = sandbox
  const given = { kubeconfig, comment: 'true', 'github-token': TOKEN, ...inputs }
  const step = startStep(given, environment)
  onTestFinished(step.remove)
  return step
}

/** The comments without the line by which they are found, and without the spaces that keep names from notifying. */
function texts(): string[] {
  return github.comments.map(({ body }) =>
    body.split('\n').slice(1).join('\n').replaceAll('&#8203;', ''),
  )
}

test('the step writes its summary as a comment after its outputs, masks the token, and keeps its verdict', async () => {
  const step = stepWith(HOPELESS)
  let outputs: Record<string, string> = {}
  github.order(() => {
    outputs = step.outputs()
    return undefined
  })
  const { status, text } = await step.main().ended
  expect(status).toBe(1)
  expect(outputs.verdict).toBe('inconclusive')
  expect(texts()).toEqual([step.summary()])
  expect(text).toContain(`::add-mask::${TOKEN}`)
  expect(text.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(TOKEN)
  expect(text.trimEnd().split('\n').at(-1)).toMatch(/^Comment: https:\/\/github\.com\//)
})

test('a comment that GitHub does not take changes no verdict', async () => {
  github.readOnly()
  const { status, text } = await stepWith(SHORT).main().ended
  expect(status).toBe(0)
  expect(text).toMatch(/^::warning title=Traffic shift%3A ITS-COMMENT-NOT-WRITTEN::/m)
})

test('after a kill the post step writes what it restored in place of the comment of an earlier run', async () => {
  await stepWith({ mode: 'plan', ...SHORT }).main().ended
  const [planned] = texts()
  expect(planned).toContain('v2 would go from 20% to 60%')
  const step = stepWith({ ...SHORT, rate: '5' })
  const main = step.main()
  await main.line(/^Written at /m)
  main.process.kill('SIGKILL')
  await main.ended
  expect(texts()).toEqual([planned])
  const { status } = await step.post().ended
  expect(status).toBe(0)
  expect(texts()).toEqual([step.summary()])
  expect(texts()[0]).toContain('The run was killed. Previous weights restored.')
  const events = sandbox.objects.list({ group: '', resource: 'events', namespace: 'demo' })
  expect(events.map(({ reason, message }) => `${reason}: ${message}`)).toContainEqual(
    expect.stringMatching(/^RolledBack: demo\/tcp-echo has its previous weights again: v1 80%/),
  )
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { dump, load } from 'js-yaml'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { journalEdited } from '../../kit/run/edited-answers.ts'
import { gate } from '../../kit/run/gate.ts'
import { hasJournal, routeText, weightsOn } from '../../kit/run/object.ts'
import { paste } from '../../kit/run/shell.ts'
import { type Step, startStep } from '../../kit/run/step.ts'
import { hangs, hooks, respond } from '../../sandbox/faults/api-acts.ts'
import type { Act } from '../../sandbox/faults/api-fault.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

let sandbox: Sandbox
let step: Step
beforeEach(async () => {
  sandbox = await startSandbox({ proxies: true, debounceMs: 10 })
  step = startStep({ kubeconfig: sandbox.kubeconfig, subset: 'v2', weight: '50', tolerance: '30' })
})
afterEach(async () => {
  step.remove()
  await sandbox.stop()
})

/** A run's patches, by their number: before the dry run nothing is written, and removing the mark is the last. */
const DRY_RUN = 1
const WRITE = 2
const REMOVAL = 3

/** Kills main at its so many-th patch; what it had asked for then goes on its way, before post or after it. */
async function killAt(nth: number, moment: 'before' | 'after', late: boolean): Promise<void> {
  const reached = gate()
  const go = gate()
  const hold = async () => {
    reached.open()
    await go.reached
  }
  const done = gate()
  const act = hooks({ [moment]: hold, after: moment === 'after' ? hold : () => done.open() })
  await sandbox.faults.api({ match: { method: 'PATCH', nth }, act })
  const main = step.main()
  await reached.reached
  main.process.kill('SIGKILL')
  await main.ended
  const goOn = async () => {
    go.open()
    if (moment === 'before') await done.reached
  }
  if (!late) await goOn()
  expect(await step.post().ended).toMatchObject({ status: 0 })
  if (late) await goOn()
}

describe('fault 19: a run that is killed', () => {
  test.each([
    [DRY_RUN, 'after it was carried out', 'after', false] as const,
    ...[WRITE, REMOVAL].flatMap((nth) => [
      [nth, 'before it is carried out, which is then done', 'before', false] as const,
      [nth, 'before it is carried out, which comes after post', 'before', true] as const,
      [nth, 'after it was carried out', 'after', false] as const,
    ]),
  ])(
    'at patch %i, %s, leaves the object as it began or as it was asked to be, once post is over',
    async (nth, _, moment, late) => {
      const before = routeText(sandbox)
      await killAt(nth, moment, late)
      expect(hasJournal(sandbox)).toBe(false)
      // Before the dry run was answered there was nothing that post could be for.
      const summary =
        nth === DRY_RUN
          ? /^$/
          : /^## (⚠️ The run was killed\. Previous weights restored\.|The run was killed\. Nothing)/
      expect(step.summary()).toMatch(summary)
      const asked = nth === REMOVAL && !(late && moment === 'before')
      if (asked) expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
      else expect(routeText(sandbox)).toBe(before)
    },
  )

  test('whose post is not let in ends with commands that restore the weights', async () => {
    const before = routeText(sandbox)
    await sandbox.faults.api({ match: { method: 'PATCH', nth: REMOVAL }, act: hangs() })
    const main = step.main()
    await main.line(/Written at/)
    main.process.kill('SIGKILL')
    await main.ended
    await sandbox.faults.api({ act: respond(401) })
    const post = step.post()
    // It would try for a minute; a signal leaves it 6 s.
    await post.line(/Checking its weights/)
    post.process.kill('SIGINT')
    const { status, text } = await post.ended
    expect(status).toBe(1)
    expect(text).toContain('demo/tcp-echo may still have the weights of the killed run')
    await sandbox.faults.clear()
    expect(step.summary()).toMatch(
      /^## ⛔ The run was killed\. The previous weights could not be restored\.\n[\s\S]*\n```text\nkubectl /,
    )
    const [, commands = ''] = text
      .replaceAll('%0A', '\n')
      .replaceAll('%25', '%')
      .split('with kubectl:')
    expect(await paste(commands, sandbox.kubeconfig, 'stand-in')).toMatchObject({ status: 0 })
    expect(routeText(sandbox)).toBe(before)
  })

  test('after a webhook took the journal off its write is undone by post, from what main saved', async () => {
    const before = routeText(sandbox)
    await sandbox.faults.api({
      match: { method: 'PATCH', nth: WRITE },
      act: journalEdited(() => undefined),
    })
    const restoring = gate()
    const held = hooks({
      before: async () => {
        restoring.open()
        await gate().reached
      },
    })
    await sandbox.faults.api({ match: { method: 'PATCH', nth: REMOVAL }, act: held })
    const main = step.main()
    await restoring.reached
    main.process.kill('SIGKILL')
    await main.ended
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
    expect(hasJournal(sandbox)).toBe(false)
    expect(await step.post().ended).toMatchObject({ status: 0 })
    expect(routeText(sandbox)).toBe(before)
  })

  test('before it could see that a webhook took its journal leaves weights that post names and does not touch', async () => {
    const written = gate()
    const drops = journalEdited(() => undefined)
    const act: Act = async (request, handle, signal) => {
      await drops(request, handle, signal)
      written.open()
      return { kind: 'hang' }
    }
    await sandbox.faults.api({ match: { method: 'PATCH', nth: WRITE }, act })
    const main = step.main()
    await written.reached
    main.process.kill('SIGKILL')
    await main.ended
    const { status, text } = await step.post().ended
    expect(status).toBe(1)
    expect(text).toContain(
      'demo/tcp-echo has the weights that the killed run wrote or was about to write, and that it did not confirm. Its journal is not on the object',
    )
    expect(text).not.toContain('had not written yet')
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
  })
})

describe('fault 38: between a killed run and post another step', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'switched-'))
  const file = path.join(folder, 'kubeconfig')
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The sandbox's kubeconfig with a second context, which leads nowhere, and one of the two current. */
  function writeKubeconfig(current: 'own' | 'other'): void {
    const own = load(sandbox.kubeconfig) as Record<string, { name: string }[]> & {
      'current-context': string
    }
    const name = own['current-context']
    const clusters = [
      ...(own.clusters ?? []),
      { name: 'other', cluster: { server: 'https://127.0.0.1:1' } },
    ]
    const contexts = [
      ...(own.contexts ?? []),
      { name: 'other', context: { cluster: 'other', user: own.users?.[0]?.name } },
    ]
    const chosen = { 'current-context': current === 'own' ? name : 'other' }
    writeFileSync(file, dump({ ...own, clusters, contexts, ...chosen }))
  }

  /** A run that was killed after its write; its kubeconfig is the one that the variable names. */
  async function killedRun(kubeconfig: string, environment: Record<string, string>): Promise<Step> {
    const own = startStep(
      { kubeconfig, subset: 'v2', weight: '50', tolerance: '30' },
      { HOME: folder, ...environment },
    )
    await sandbox.faults.api({ match: { method: 'PATCH', nth: REMOVAL }, act: hangs() })
    const main = own.main()
    await main.line(/Written at/)
    main.process.kill('SIGKILL')
    await main.ended
    await sandbox.faults.clear()
    return own
  }

  test('makes another context current, and post restores in that of the run', async () => {
    const before = routeText(sandbox)
    writeKubeconfig('own')
    const own = await killedRun(file, {})
    writeKubeconfig('other')
    expect(await own.post().ended).toMatchObject({ status: 0 })
    expect(routeText(sandbox)).toBe(before)
    own.remove()
  })

  test('sets KUBECONFIG to another file, and post restores by that of the run', async () => {
    const before = routeText(sandbox)
    writeKubeconfig('own')
    const own = await killedRun('auto', { KUBECONFIG: file })
    const later = { KUBECONFIG: path.join(folder, 'of-another-step') }
    writeFileSync(later.KUBECONFIG, dump({ 'current-context': 'x', contexts: [] }))
    expect(await own.post({}, later).ended).toMatchObject({ status: 0 })
    expect(routeText(sandbox)).toBe(before)
    own.remove()
  })
})

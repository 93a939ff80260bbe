import type { Act } from '../../sandbox/faults/api-fault.ts'
import { gate } from '../run/gate.ts'
import type { Running } from '../run/step.ts'
import { callNamed, FIRST_WRITE } from './calls.ts'
import { uidIn, unlabelled } from './object-text.ts'
import type { Aftermath } from './point.ts'
import { commandLine, type Program, stepPrograms } from './programs.ts'
import type { KilledBefore, Scenario } from './scenario.ts'
import { strikeAt } from './strike.ts'
import { LATE_LABEL, type OpenWorld, type World } from './world.ts'

/** A scenario that is about to begin: its mesh is up, and the run that was to be killed before was killed. */
export type Stage = {
  world: World
  /** The object before anybody wrote. */
  began: string
  /** The object as the subject finds it. */
  found: string
  /** The object now, to be compared with those of other stages. */
  text(): Promise<string>
  subject: Program
  /** What comes after the subject; of later runs the so many-th. */
  next(kind: Aftermath, count: number): Program
  /** Lets a version that broke while the subject ran answer again. */
  heal(): Promise<void>
  /** Lets a run that lives beside the subject go on, to its end. */
  letOthersEnd(): Promise<void>
  stop(): Promise<void>
}

export async function setStage(scenario: Scenario, open: OpenWorld): Promise<Stage> {
  const world = await open(scenario.world)
  // Somebody's label comes at a moment of its own, so it is left out of what is compared.
  const uid = uidIn(await world.text())
  const text = async () => unlabelled(await world.text(), LATE_LABEL).replaceAll(uid, 'UID')
  const started: Program[] = []
  const inputs = { kubeconfig: world.kubeconfig, ...world.inputs, ...scenario.inputs }
  const stepFor = (
    environment: Readonly<Record<string, string>>,
    given: Readonly<Record<string, string>> = inputs,
  ) => {
    const step = stepPrograms(given, environment)
    started.push(step.main)
    return step
  }
  const runFor = (environment: Readonly<Record<string, string>>) => {
    if (scenario.subject !== 'command line') return stepFor(environment).main
    const line = commandLine(inputs)
    started.push(line)
    return line
  }

  if (scenario.adorned) await world.edit(OTHERS)
  const began = await text()
  const own = stepFor({})
  const { killedBefore } = scenario
  const otherRun = () =>
    stepFor(
      { GITHUB_RUN_ID: '999' },
      {
        kubeconfig: world.kubeconfig,
        ...world.inputs,
        ...(scenario.otherInputs ?? scenario.inputs),
      },
    ).main
  if (killedBefore) {
    const dead = killedBefore.whose === 'this step' ? own.main : otherRun()
    await kill(world, dead, killedBefore)
    if (killedBefore.whose === 'another run') world.expire()
  }
  const alive = scenario.livesBeside && (await stopAfterFirstWrite(world, otherRun()))
  const subjects = { action: own.main, post: own.post, 'command line': undefined }
  return {
    world,
    began,
    found: await text(),
    text,
    subject: subjects[scenario.subject] ?? runFor({}),
    next(kind, count) {
      if (kind === 'post') return own.post
      if (kind === 'a later attempt') return runFor({ GITHUB_RUN_ATTEMPT: String(1 + count) })
      world.expire()
      return runFor({ GITHUB_RUN_ID: String(1000 + count) })
    },
    async heal() {
      if (scenario.breaks) await world.answers?.(scenario.breaks.version, true)
    },
    async letOthersEnd() {
      alive?.process.kill('SIGCONT')
      await alive?.ended
    },
    async stop() {
      alive?.process.kill('SIGKILL')
      for (const program of started) program.remove()
      await world.stop()
    },
  }
}

async function kill(world: World, main: Program, at: KilledBefore): Promise<void> {
  if ('line' in at) {
    const running = main.start()
    await running.line(at.line)
    running.process.kill('SIGKILL')
    await running.ended
    return
  }
  const strike = await strikeAt(world, at.write ?? FIRST_WRITE, at.moment, 'SIGKILL')
  const running = main.start()
  strike.aim(running)
  await running.ended
}

/** Starts a run and stops it between its first write and all that it does then. */
async function stopAfterFirstWrite(world: World, main: Program): Promise<Running> {
  const written = gate()
  const act: Act = async (_request, handle) => {
    const outcome = await handle()
    running.process.kill('SIGSTOP')
    written.open()
    return outcome
  }
  await world.order({ match: callNamed(FIRST_WRITE), times: 1, act })
  const running = main.start()
  await written.reached
  return running
}

/** What others keep on the object. */
const OTHERS = {
  metadata: {
    labels: { 'app.kubernetes.io/name': 'tcp-echo' },
    annotations: { 'example.com/owner': 'team-payments' },
  },
}

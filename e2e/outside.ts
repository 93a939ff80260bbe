import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { contain } from './namespace/contain.ts'
import { stopSignals } from './namespace/signals.ts'
import { actIn, buildAct, buildParts, isMissing, partsIn } from './parts/build.ts'
import { lacksToBuild, lacksToRun, lackText } from './parts/needs.ts'
import { cacheFolder } from './parts/pins.ts'

/**
 * Builds what is missing, starts the mesh in separate namespaces, runs a command next to it, and leaves nothing behind.
 * Resolves with the exit status.
 */
export async function runBesideMesh(
  command: readonly string[],
  how: { interactive: boolean },
): Promise<number> {
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const toBuild = isMissing(partsIn()) || !existsSync(actIn())
  const lacks = lackText([
    ...lacksToRun(process.env),
    ...(toBuild ? lacksToBuild(process.env) : []),
  ])
  if (lacks !== undefined) {
    process.stderr.write(lacks)
    return 1
  }
  const stop = stopSignals()
  if (toBuild) say(`the real parts are built once, into ${cacheFolder(process.env)}`)
  try {
    await buildParts(say, stop.signal)
    await buildAct(say, stop.signal)
  } catch (error) {
    if (!stop.signal.aborted) say(error instanceof Error ? error.message : String(error))
    return stop.exitStatus() ?? 1
  }
  const inside = [process.execPath, join(import.meta.dirname, 'inside.ts'), ...command]
  const status = await contain(inside, { ...how, environment: process.env, signal: stop.signal })
  return stop.exitStatus() ?? status
}

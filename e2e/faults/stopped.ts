import { echoReady, type Version } from '../processes/echo.ts'
import { istiodReady } from '../processes/istiod.ts'
import { killProcess, signalProcess, startAgain } from '../processes/process.ts'

/** Ends a fault. */
export type Heal = () => Promise<void>

/** A version whose Pod is ready, but whose process was killed. */
export async function deadVersion(version: Version): Promise<Heal> {
  await killProcess(`echo-${version}`)
  return async () => {
    startAgain(`echo-${version}`)
    await echoReady(version)
  }
}

/** istiod keeps its connections and does nothing. */
export function frozenIstiod(): Heal {
  signalProcess('istiod', 'SIGSTOP')
  return async () => {
    signalProcess('istiod', 'SIGCONT')
    await istiodReady()
  }
}

/** istiod was killed; the gateway keeps its last configuration. */
export async function deadIstiod(): Promise<Heal> {
  await killProcess('istiod')
  return async () => {
    startAgain('istiod')
    await istiodReady()
  }
}
